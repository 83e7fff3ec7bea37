package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merging into weights that stay codes asks for each of them once, and for no value before one is wanted. */
class RequantizedMergeTest {
    private static final List<String> WEIGHTS = List.of("a.weight", "b.weight");

    private final List<String> said = new ArrayList<>();

    @TempDir
    Path folder;

    private Path adapter;

    @BeforeEach
    void write() {
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.a.lora_A.weight", Shape.of(1, 2), 1)
                .with("base_model.model.a.lora_B.weight", Shape.of(2, 1), 1)
                .with("base_model.model.b.lora_A.weight", Shape.of(1, 2), 2)
                .with("base_model.model.b.lora_B.weight", Shape.of(2, 1), 1);
        adapter = Fixtures.adapter(folder, factors, "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1}");
    }

    /** Codes that tell when they are asked to hold other values, and when those are looked at. */
    private record Told(String name, Parametrization codes, List<String> said, Optional<String> refusal)
            implements Parametrization {
        @Override
        public String id() {
            return codes.id();
        }

        @Override
        public Role role() {
            return codes.role();
        }

        @Override
        public Parametrization requantized(LazyTensor values, OptionalDouble allowed) {
            said.add("holds " + name);
            refusal.ifPresent(why -> {
                throw new IllegalArgumentException(why);
            });
            LazyTensor watched = LazyTensors.joint(
                            List.of(values),
                            List.of(new LazyTensors.Output("watched", values.dtype(), values.shape())),
                            () -> {
                                said.add("computes " + name);
                                return List.of(values.materialize());
                            })
                    .get(0);
            return Quarters.of(watched);
        }

        @Override
        public List<OwnedTensor> owned() {
            return codes.owned();
        }

        @Override
        public Form form(Expression.Below below) {
            return codes.form(below);
        }
    }

    private ModifierRun merged(Optional<String> refusal) {
        ModelFixture model = ModelFixture.empty()
                .with("a.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .with("b.weight", Shape.of(2, 2), -1, -2, -3, -4);
        LoraMergeOptions options = new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                1,
                new AdapterFileOptions("auto", List.of(), Optional.empty()),
                true,
                Optional.empty());
        return model.apply((draft, context) -> store(draft, refusal)).then(new LoraMergeModelModifier(options));
    }

    private void store(ModelDraft draft, Optional<String> refusal) {
        for (String name : WEIGHTS) {
            LazyTensor weight = draft.find(name).orElseThrow().base();
            draft.parametrize(name, new Told(name, Quarters.of(weight), said, refusal));
        }
    }

    @Test
    void eachWeightOnce() {
        ModifierRun run = merged(Optional.empty()).succeeds();
        assertEquals(List.of("holds a.weight", "holds b.weight"), said);
        assertEquals(List.of(2.0, 3.0, 4.0, 5.0), run.values("a.weight"));
        assertEquals(List.of("holds a.weight", "holds b.weight", "computes a.weight"), said);
        assertEquals(List.of(1.0, 0.0, -1.0, -2.0), run.values("b.weight"));
    }

    @Test
    void allThatRefuseAreToldTogether() {
        merged(Optional.of("is stored as quarters, and they are full"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "requantize",
                        "`a.weight` is stored as quarters, and they are full; the same holds for `b.weight`",
                        "leave requantize out: the weights that the adapter changes become plain numbers then"));
        assertEquals(List.of("holds a.weight", "holds b.weight"), said);
    }
}
