package com.example.loha;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.model.Change;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LohaModelModifierTest {
    private static final ModifierTester LOHA = ModifierTester.of(LohaModelModifier.class);
    private static final ModifierTester MERGE = ModifierTester.of(LohaMergeModelModifier.class);

    private final ModelFixture model = ModelFixture.empty()
            .with("q.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
            .with("q.bias", Shape.of(2), 0)
            .with("v.weight", Shape.of(2, 3), 0);

    @Test
    void providersAreHealthy() {
        LOHA.providerIsHealthy();
        MERGE.providerIsHealthy();
    }

    @Test
    void everyKeyIsRead() {
        LOHA.mapsEveryKey(
                "tensors = [q], rank = 2, alpha = 4, adapter = mine, seed = 7",
                new LohaOptions(List.of(Selector.parse("q")), 2, 4, "mine", 7));
    }

    @Test
    void defaults() {
        LOHA.defaults("tensors = [q]", new LohaOptions(List.of(Selector.parse("q")), 8, 8, "default", 0));
    }

    @Test
    void mistakesAreRefused() {
        LOHA.rejects("tensors = []", ProblemCode.EMPTY, "tensors");
        LOHA.rejects("tensors = [q], rank = 0", ProblemCode.OUT_OF_RANGE, "rank");
    }

    @Test
    void anAdapterIsTrainedAndTheWeightIsNot() {
        ModifierRun run = model.apply(LOHA.modifier("tensors = [q], rank = 2"))
                .hasNames(
                        "q.weight",
                        "q.bias",
                        "v.weight",
                        "q.hada_w1_a.default",
                        "q.hada_w1_b.default",
                        "q.hada_w2_a.default",
                        "q.hada_w2_b.default")
                .freezes("q.weight")
                .hasValues("q.weight", 1, 2, 3, 4, 5, 6)
                .hasValues("q.hada_w2_b.default", 0);
        assertEquals(
                new Change.Parametrized("q.weight", "default", "loha"),
                run.changes().get(1));
    }

    @Test
    void initialValuesRepeatAndDifferFromTensorToTensor() {
        String options = "tensors = [q, v], rank = 2";
        List<Double> once = model.apply(LOHA.modifier(options)).values("q.hada_w1_a.default");
        assertEquals(once, model.apply(LOHA.modifier(options)).values("q.hada_w1_a.default"));
        List<Double> other = model.apply(LOHA.modifier(options)).values("v.hada_w1_a.default");
        assertEquals(false, once.equals(other));
    }

    @Test
    void anAdapterOfOnesIsFolded() {
        ModifierRun run = model.apply(LOHA.modifier("tensors = [q], rank = 2, alpha = 1"));
        for (String slot : List.of("w1_a", "w1_b", "w2_a", "w2_b")) {
            String name = "q.hada_" + slot + ".default";
            run.model().assign(name, ones(run.model().find(name).orElseThrow().shape()));
        }
        // 0.5 * (1 * 1 + 1 * 1) * (1 * 1 + 1 * 1)
        run.hasValues("q.weight", 3, 4, 5, 6, 7, 8);
        run.model().activate(Map.of("default", -1.0));
        run.hasValues("q.weight", -1, 0, 1, 2, 3, 4);
        run.model().foldAdapter("default");
        run.hasValues("q.weight", -1, 0, 1, 2, 3, 4).hasNames("q.weight", "q.bias", "v.weight");
    }

    @Test
    void anAdaptersFileIsMerged(@TempDir Path folder) {
        Path adapter = ModelFixture.empty()
                .with("base_model.model.q.hada_w1_a", Shape.of(2, 1), 1, 2)
                .with("base_model.model.q.hada_w1_b", Shape.of(1, 3), 1, 2, 3)
                .with("base_model.model.q.hada_w2_a", Shape.of(2, 1), 1, -1)
                .with("base_model.model.q.hada_w2_b", Shape.of(1, 3), 2, 1, 0)
                .save(folder, "adapter_model");
        model.apply(MERGE.modifier("adapter-path = \"" + adapter + "\", alpha = 0.5"))
                .succeeds()
                .hasValues("q.weight", 2, 3, 3, 2, 3, 6)
                .hasNames("q.weight", "q.bias", "v.weight");
    }

    @Test
    void whatDoesNotFitIsAnError(@TempDir Path folder) {
        Path adapter = ModelFixture.empty()
                .with("base_model.model.k.hada_w1_a", Shape.of(2, 1), 1)
                .with("base_model.model.v.hada_w1_a", Shape.of(2, 1), 1)
                .save(folder, "adapter_model");
        ModifierRun run = model.apply(MERGE.modifier("adapter-path = \"" + adapter + "\""));
        assertEquals(
                List.of(
                        "`base_model.model.k.hada_w1_a` is for `k.weight`, which the model does not have",
                        "the adapter has `base_model.model.v.hada_w1_a` without the other three factors"),
                run.errors().stream().map(error -> error.message()).toList());
    }

    @Test
    void whatSelectsNothingIsAnError() {
        model.apply(LOHA.modifier("tensors = [q.bias]")).fails(ProblemCode.UNMATCHED_SELECTOR, "tensors[0]");
    }

    private static LazyTensor ones(Shape shape) {
        return LazyTensors.generate("ones", DType.F32, shape, element -> 1);
    }
}
