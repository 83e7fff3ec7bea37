package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where PEFT 0.21 errs, the right value: section 10 of the LoRA reference, but for sums of adapters ({@link AdapterCombinerTest}), and
 * convolutions with dilation ({@link LiveAdapterTest}), and with circular padding ({@link ConvolutionGroupsTest}). Letters and numbers are ids of its scenarios.
 */
class PeftFaultsTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);

    private static String load(String adapter, String more) {
        return "adapter-path = \"" + Fixtures.file(adapter) + "\"" + more;
    }

    /** Fifty times on and off move nothing, where PEFT's weights of 16 bits drift by 3.2 %. */
    @Test
    void weightsOf16BitsDoNotDrift() {
        double[] values = new double[16 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sin(i * 0.7);
        }
        ModelFixture model = ModelFixture.of("q.weight", DType.BF16, Shape.of(16, 16), values)
                .with("q.bias", DType.BF16, Shape.of(16), 1);
        ModifierRun run = model.apply(LORA.modifier("rank = 4, target-modules = [q], init = random"))
                .succeeds();
        List<Double> adapted = run.values("q.weight");
        assertNotEquals(model.values("q.weight"), adapted);
        for (int i = 0; i < 50; i++) {
            run.model().activate(Map.of());
            assertEquals(model.values("q.weight"), run.values("q.weight"));
            run.model().activate(Map.of("default", 1.0));
            assertEquals(adapted, run.values("q.weight"));
        }
    }

    /** P43: put on a model that has another adapter, with other ranks and alphas of its patterns, it does what it does alone. */
    @ParameterizedTest
    @ValueSource(strings = {"patterns", "rslora", "dora"})
    void anAdapterInThePlaceOfAnotherKeepsItsScales(String adapter) {
        ModifierRun run = Fixtures.base("base-bert")
                .apply(LORA.modifier(load("lora", "")))
                .then(LORA.modifier(load(adapter, ", adapter = other, weight = 0")))
                .succeeds();
        ModifierRun alone = Fixtures.base("base-bert").apply(LORA.modifier(load(adapter, "")));
        ModifierRun first = Fixtures.base("base-bert").apply(LORA.modifier(load("lora", "")));
        String query = "bert.encoder.layer.0.attention.self.query.weight";
        assertEquals(first.values(query), run.values(query));
        run.model().activate(Map.of("other", 1.0));
        for (String name : List.of(query, "bert.encoder.layer.1.attention.self.query.weight")) {
            assertEquals(alone.values(name), run.values(name));
        }
        run.model().activate(Map.of());
        assertEquals(Fixtures.base("base-bert").values(query), run.values(query));
    }

    /** PEFT makes an adapter of a lower rank than its configuration says, which it does not load again. */
    @Test
    void pissaOfAHigherRankThanTheWeightIsRefused() {
        ModelFixture.empty()
                .linear("q", 4, 6, 1)
                .apply(LORA.modifier("rank = 5, init = pissa, target-modules = [q]"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "init",
                        "`q` has no update of rank 5, which `pissa` would have to make of its weight: the highest is 4",
                        ""))
                .changesNothing();
    }

    /** P56. */
    @Test
    void whatIsTrainedIsRankTimesWidths() {
        ModifierRun run = ModelFixture.empty()
                .linear("q", 40, 60, 1)
                .linear("v", 40, 20, 1)
                .apply(LORA.modifier("rank = 4, target-modules = [q, v], rank-pattern { v = 2 }"));
        long trained = run.trainable().stream()
                .mapToLong(name -> run.model().find(name).orElseThrow().shape().elementCount())
                .sum();
        assertEquals(4 * (40 + 60) + 2 * (40 + 20), trained);
    }
}
