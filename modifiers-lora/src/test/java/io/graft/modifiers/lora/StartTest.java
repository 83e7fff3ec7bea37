package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Artifact;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How factors start. Letters and numbers are the ids of the reference scenarios. */
class StartTest {
    @TempDir
    Path folder;

    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);

    private static ModifierRun start(ModelFixture model, String options) {
        return model.apply(LORA.modifier("rank = 4, alpha = 8, " + options));
    }

    /** A linear layer of full rank, and an embedding. */
    private static ModelFixture model() {
        double[] weight = new double[12 * 8];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = Math.sin(i * 1.7) + (i % 9 == 0 ? 1 : 0);
        }
        return ModelFixture.empty()
                .with("lin.weight", Shape.of(12, 8), weight)
                .with("lin.bias", Shape.of(12), 0)
                .with("wte.weight", Shape.of(5, 6), 1);
    }

    /** P3: as PyTorch starts a linear layer. */
    @Test
    void usually() {
        ModifierRun run = start(ModelFixture.empty().linear("q", 400, 300, 1), "target-modules = [q]");
        List<Double> a = run.values("q.lora_A.default");
        double bound = 1 / Math.sqrt(400);
        assertTrue(a.stream().allMatch(value -> Math.abs(value) <= bound));
        assertUniform(a.stream().map(value -> (value / bound + 1) / 2).sorted().toList());
        run.hasValues("q.lora_B.default", 0);
    }

    /** P4. */
    @Test
    void gaussian() {
        ModifierRun run = start(ModelFixture.empty().linear("q", 400, 300, 1), "target-modules = [q], init = gaussian");
        List<Double> a = run.values("q.lora_A.default");
        // The cumulative function of a normal distribution makes uniform numbers of its own.
        assertUniform(a.stream().map(value -> below(4 * value)).sorted().toList());
        run.hasValues("q.lora_B.default", 0);
    }

    /** The part of a standard normal distribution that is below a number; Simpson's rule, in a thousand steps from its middle. */
    private static double below(double number) {
        int steps = 1000;
        double step = number / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double weight = i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4;
            sum += weight * Math.exp(-0.5 * i * step * i * step);
        }
        return 0.5 + sum * step / 3 / Math.sqrt(2 * Math.PI);
    }

    /** By Kolmogorov and Smirnov, with p above 0.5. */
    private static void assertUniform(List<Double> sorted) {
        double distance = 0;
        for (int i = 0; i < sorted.size(); i++) {
            distance = Math.max(distance, Math.abs(sorted.get(i) - (i + 0.5) / sorted.size()));
        }
        assertTrue(distance < 0.83 / Math.sqrt(sorted.size()), "distance " + distance);
    }

    @Test
    void embeddings() {
        ModifierRun run = start(model(), "target-modules = [wte]").succeeds();
        run.hasValues("wte.lora_embedding_A.default", 0).hasValues("wte.weight", 1);
        assertTrue(run.values("wte.lora_embedding_B.default").stream().anyMatch(value -> Math.abs(value) > 1));
    }

    /** P2. */
    @Test
    void random() {
        ModifierRun run =
                start(model(), "target-modules = [lin, wte], init = false").succeeds();
        assertNotEquals(model().values("lin.weight"), run.values("lin.weight"));
        assertNotEquals(model().values("wte.weight"), run.values("wte.weight"));
    }

    /** P6. */
    @Test
    void orthogonal() {
        ModifierRun run =
                start(model(), "target-modules = [lin], init = orthogonal").succeeds();
        assertTrue(run.values("lin.lora_B.default").stream().anyMatch(value -> Math.abs(value) > 0.01));
        assertClose(model().values("lin.weight"), run.values("lin.weight"), 1e-6);
    }

    /** P8: the model is the same, the factors are not zero, and the base stays. */
    @ParameterizedTest
    @ValueSource(strings = {"pissa", "pissa_niter_8", "olora"})
    void takenOutOfTheBase(String init) {
        ModifierRun run =
                start(model(), "target-modules = [lin], init = " + init).succeeds();
        assertClose(model().values("lin.weight"), run.values("lin.weight"), 1e-6);
        assertEquals(List.of("lin.lora_A.default", "lin.lora_B.default"), run.trainable());
        assertTrue(run.values("lin.lora_B.default").stream().anyMatch(value -> Math.abs(value) > 0.1));
        run.model().activate(Map.of());
        assertEquals(model().values("lin.weight"), run.values("lin.weight"));
    }

    @Test
    void theRestOfPissaIsTheSmallest() {
        double exact = rest("pissa");
        assertEquals(exact, rest("pissa_niter_16"), 0.01);
        assertTrue(exact < 0.9 * rest("olora"));
    }

    /** How much of the weight the first factors leave: the norm of {@code W - scale * B A}. */
    private static double rest(String init) {
        ModifierRun run = start(model(), "target-modules = [lin], init = " + init);
        List<Double> a = run.values("lin.lora_A.default");
        List<Double> b = run.values("lin.lora_B.default");
        List<Double> weight = model().values("lin.weight");
        double squares = 0;
        for (int at = 0; at < weight.size(); at++) {
            double rest = weight.get(at);
            for (int i = 0; i < 4; i++) {
                rest -= 2 * b.get(at / 8 * 4 + i) * a.get(i * 8 + at % 8);
            }
            squares += rest * rest;
        }
        return Math.sqrt(squares);
    }

    /** P9: saved as a plain adapter of twice the rank, which does the same to the untouched base. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pissa, use-rslora = true | 8",
                "olora | 8",
                "pissa, rank-pattern { lin = 2 }, alpha-pattern { lin = 3 } | 4",
                "pissa, use-rslora = true, alpha-pattern { lin = 3 } | 8",
                "olora, use-rslora = true, rank-pattern { lin = 2 } | 4"
            })
    void isSavedAsAPlainAdapter(String init, long rank) throws IOException {
        ModifierRun run = start(model(), "target-modules = [lin], init = " + init);
        Shape shape = run.model().find("lin.lora_B.default").orElseThrow().shape();
        run.model()
                .assign(
                        "lin.lora_B.default",
                        LazyTensors.generate("trained", DType.F32, shape, at -> Math.cos((double) at)));
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        Map<String, TensorEntry> saved =
                Checkpoint.open(folder.resolve("adapter_model.safetensors")).tensors();
        assertEquals(
                Shape.of(rank, 8),
                saved.get("base_model.model.lin.lora_A.weight").shape());
        assertEquals(
                true,
                AdapterSettings.read(folder.resolve("adapter_config.json")).get("init_lora_weights"));
        assertClose(
                run.values("lin.weight"),
                Fixtures.merge(model(), folder).succeeds().values("lin.weight"),
                1e-5);
        assertClose(
                run.values("lin.weight"),
                model().apply(LORA.modifier("adapter-path = \"" + folder + "\""))
                        .values("lin.weight"),
                1e-5);
    }

    @Test
    void transposedWeightsAreTakenApartAsTheyAreUsed() {
        ModelFixture gpt2 = Fixtures.base("base-gpt2").configuration(Map.of("model_type", "gpt2"));
        ModifierRun run = start(gpt2, "target-modules = [c_attn], init = pissa").succeeds();
        String weight = run.changes().get(0).name();
        assertClose(gpt2.values(weight), run.values(weight), 1e-6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target-modules = [wte], init = pissa | `wte` is of no linear layer, which `pissa` needs",
                "target-modules = [wte], init = orthogonal | `wte` is of no linear layer, which `orthogonal` needs",
                "target-modules = [lin], init = olora, rank-pattern { lin = 9 } | `lin` has no update of rank 9, which"
                        + " `olora` would have to make of its weight: the highest is 8"
            })
    void whatCannotBeTakenApartIsRefused(String options, String message) {
        start(model(), options)
                .fails(new ReportedError(ProblemCode.UNSUPPORTED_CHANGE, "init", message, ""))
                .changesNothing();
    }

    @Test
    void factorsOfNarrowWeightsAreWide() {
        ModifierRun run = start(
                ModelFixture.of("q.weight", DType.BF16, Shape.of(4, 4), 1).with("q.bias", DType.BF16, Shape.of(4), 1),
                "target-modules = [q], bias = all");
        assertEquals(
                DType.F32, run.model().find("q.lora_A.default").orElseThrow().dtype());
        assertEquals(
                DType.F32,
                run.model().find("q.saved.bias.default").orElseThrow().dtype());
        assertEquals(DType.BF16, run.model().find("q.weight").orElseThrow().dtype());
    }

    private static void assertClose(List<Double> expected, List<Double> found, double tolerance) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), found.get(i), tolerance, "at " + i);
        }
    }
}
