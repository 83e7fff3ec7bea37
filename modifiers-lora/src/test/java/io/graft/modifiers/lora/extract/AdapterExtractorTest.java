package io.graft.modifiers.lora.extract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.layer.LayerKind;
import io.graft.modifiers.lora.LoraMergeModelModifier;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held against the whole singular value decomposition, and against what merging the adapter gives. */
class AdapterExtractorTest {
    @TempDir
    Path folder;

    private static final ModifierTester MERGE = ModifierTester.of(LoraMergeModelModifier.class);

    private static double[] numbers(int count, double step) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Math.sin(i * step) + 0.2 * Math.cos(i * i * 0.37 * step);
        }
        return numbers;
    }

    private static double[] sum(double[] one, double[] other) {
        double[] sum = new double[one.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = one[i] + other[i];
        }
        return sum;
    }

    /** {@code [height, width]} of a rank. */
    private static double[] product(int height, int width, int rank, double step) {
        double[] b = numbers(height * rank, step);
        double[] a = numbers(rank * width, 2.3 * step);
        double[] product = new double[height * width];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < rank; k++) {
                product[i] += 0.1 * b[i / width * rank + k] * a[k * width + i % width];
            }
        }
        return product;
    }

    /** A model with a layer of each kind; what is trained adds to all of them but the norm. */
    private static ModelFixture model(boolean isTrained) {
        return model(isTrained, 1);
    }

    private static ModelFixture model(boolean isTrained, double norm) {
        double[] linear = numbers(20 * 12, 1.1);
        double[] table = numbers(9 * 6, 1.3);
        double[] convolution = numbers(8 * 3 * 3 * 3, 1.7);
        double[] bias = numbers(20, 0.9);
        return ModelFixture.empty()
                .with("lin.weight", Shape.of(20, 12), isTrained ? sum(linear, product(20, 12, 3, 0.7)) : linear)
                .with("lin.bias", Shape.of(20), isTrained ? sum(bias, bias) : bias)
                .with("embeddings.weight", Shape.of(9, 6), isTrained ? sum(table, product(9, 6, 2, 0.9)) : table)
                .with(
                        "conv.weight",
                        Shape.of(8, 3, 3, 3),
                        isTrained ? sum(convolution, product(8, 27, 2, 0.4)) : convolution)
                .with("same.weight", Shape.of(4, 4), 1)
                .with("same.bias", Shape.of(4), 0)
                .with("norm.weight", Shape.of(4), norm);
    }

    private Checkpoint checkpoint(ModelFixture model, String name) {
        Path file = folder.resolve(name + ".safetensors");
        return Checkpoint.open(Files.exists(file) ? file : model.save(folder, name));
    }

    private ExtractedAdapter extract(AdapterExtractor extractor, ModelFixture base, ModelFixture trained)
            throws IOException {
        return extractor.extract(checkpoint(base, "base"), checkpoint(trained, "trained"), folder.resolve("adapter"));
    }

    private static AdapterExtractor of(TargetRank rank) {
        return new AdapterExtractor(rank, List.of(), List.of(), Map.of());
    }

    private ModifierRun merged(ModelFixture base) {
        return base.apply(MERGE.modifier("adapter-path = \"" + folder.resolve("adapter") + "\""))
                .succeeds();
    }

    private static void assertClose(List<Double> expected, List<Double> found, double tolerance) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), found.get(i), tolerance, "at " + i);
        }
    }

    @Test
    void whatATrainingOfThatRankChangedIsFoundWhole() throws IOException {
        ExtractedAdapter extracted = extract(of(new TargetRank.Fixed(3)), model(false), model(true));
        assertEquals(
                List.of("conv", "embeddings", "lin"),
                extracted.updates().stream().map(ExtractedUpdate::module).toList());
        extracted.updates().forEach(update -> assertEquals(0, update.lost(), 1e-5, update.module()));
        assertEquals(0, extracted.lost(), 1e-5);
        ModifierRun merged = merged(model(false));
        for (String name : List.of("lin.weight", "embeddings.weight", "conv.weight")) {
            assertClose(model(true).values(name), merged.values(name), 1e-5);
        }
        merged.hasValues("same.weight", 1);
        assertEquals(
                List.of(new LeftTensor("lin.bias", "differs, and is no weight of a layer that can be adapted")),
                extracted.left());
    }

    @Test
    void filesArePeftsOwn() throws IOException {
        ExtractedAdapter extracted = extract(
                new AdapterExtractor(new TargetRank.Energy(0.999999), List.of(), List.of("lin"), Map.of()),
                model(false),
                model(true));
        assertEquals(List.of("lin.bias", "lin.weight"), extracted.whole());
        assertEquals(
                List.of(2, 2),
                extracted.updates().stream().map(ExtractedUpdate::rank).toList());
        assertEquals("""
                {
                  "alpha_pattern": {},
                  "bias": "none",
                  "fan_in_fan_out": false,
                  "inference_mode": true,
                  "lora_alpha": 2,
                  "lora_dropout": 0.0,
                  "modules_to_save": [
                    "lin"
                  ],
                  "peft_type": "LORA",
                  "r": 2,
                  "rank_pattern": {},
                  "target_modules": [
                    "conv",
                    "embeddings"
                  ],
                  "task_type": null
                }""", Files.readString(folder.resolve("adapter/adapter_config.json")));
        assertEquals(
                List.of(
                        "base_model.model.conv.lora_A.weight [2, 3, 3, 3]",
                        "base_model.model.conv.lora_B.weight [8, 2, 1, 1]",
                        "base_model.model.embeddings.lora_embedding_A [2, 9]",
                        "base_model.model.embeddings.lora_embedding_B [6, 2]",
                        "base_model.model.lin.bias [20]",
                        "base_model.model.lin.weight [20, 12]"),
                Checkpoint.open(folder.resolve("adapter/adapter_model.safetensors")).tensors().values().stream()
                        .map(entry -> entry.name() + " " + entry.shape())
                        .sorted()
                        .toList());
        assertEquals(model(true).values("lin.bias"), merged(model(false)).values("lin.bias"));
    }

    /** Of a difference of full rank, as near as the whole decomposition is. */
    @ParameterizedTest
    @CsvSource({"4", "11", "40"})
    void updateIsTheNearestOfItsRank(int rank) throws IOException {
        double[] difference = numbers(60 * 40, 1.9);
        ModelFixture base =
                ModelFixture.empty().with("q.weight", Shape.of(60, 40), 0).with("q.bias", Shape.of(60), 0);
        ModelFixture trained = ModelFixture.empty()
                .with("q.weight", Shape.of(60, 40), difference)
                .with("q.bias", Shape.of(60), 0);
        ExtractedAdapter extracted = extract(of(new TargetRank.Fixed(rank)), base, trained);
        SingularValueDecomposition_F64<DMatrixRMaj> whole = DecompositionFactory_DDRM.svd(60, 40, false, false, true);
        assertTrue(whole.decompose(new DMatrixRMaj(60, 40, true, difference.clone())));
        double[] values = whole.getSingularValues();
        Arrays.sort(values);
        assertEquals(
                lost(values, values.length - rank), extracted.updates().get(0).lost(), 0.005);
        assertEquals(rank, extracted.updates().get(0).rank());
    }

    private static double lost(double[] values, int smallest) {
        double all = 0;
        double rest = 0;
        for (int i = 0; i < values.length; i++) {
            all += values[i] * values[i];
            rest += i < smallest ? values[i] * values[i] : 0;
        }
        return Math.sqrt(rest / all);
    }

    /** More parts are looked for than at first. */
    @Test
    void energyAndThresholdGiveTheRankThatIsNeeded() throws IOException {
        double[] diagonal = new double[100 * 100];
        for (int i = 0; i < 100; i++) {
            diagonal[101 * i] = Math.pow(0.97, i);
        }
        ModelFixture base =
                ModelFixture.empty().with("q.weight", Shape.of(100, 100), 0).with("q.bias", Shape.of(100), 0);
        ModelFixture trained = ModelFixture.empty()
                .with("q.weight", Shape.of(100, 100), diagonal)
                .with("q.bias", Shape.of(100), 0);
        // 1 - 0.97^(2 n) of nearly 1 - 0.97^200
        ExtractedAdapter energy = extract(of(new TargetRank.Energy(0.99)), base, trained);
        assertEquals(72, energy.updates().get(0).rank(), 1);
        assertEquals(0.1, energy.lost(), 0.003);
        ExtractedAdapter threshold = of(new TargetRank.Threshold(0.2))
                .extract(checkpoint(base, "base"), checkpoint(trained, "trained"), folder.resolve("other"));
        // 0.97^52 is the last above 0.2
        assertEquals(53, threshold.updates().get(0).rank(), 1);
    }

    @Test
    void transposedLayersAreFoundAsTheyAreUsed() throws IOException {
        double[] weight = numbers(6 * 18, 1.1);
        ModelFixture base = ModelFixture.empty()
                .with("h.0.attn.c_attn.weight", Shape.of(6, 18), weight)
                .with("h.0.attn.c_attn.bias", Shape.of(18), 0);
        ModelFixture trained = ModelFixture.empty()
                .with("h.0.attn.c_attn.weight", Shape.of(6, 18), sum(weight, product(6, 18, 2, 0.7)))
                .with("h.0.attn.c_attn.bias", Shape.of(18), 0);
        extract(of(new TargetRank.Fixed(2)), base, trained);
        assertTrue(
                Files.readString(folder.resolve("adapter/adapter_config.json")).contains("\"fan_in_fan_out\": true"));
        assertClose(trained.values("h.0.attn.c_attn.weight"), merged(base).values("h.0.attn.c_attn.weight"), 1e-5);
    }

    @Test
    void narrowWeightsGiveWideFactors() throws IOException {
        ModelFixture base =
                ModelFixture.of("q.weight", DType.BF16, Shape.of(4, 4), 1).with("q.bias", DType.BF16, Shape.of(4), 1);
        ModelFixture trained =
                ModelFixture.of("q.weight", DType.F64, Shape.of(4, 4), 1.5).with("q.bias", DType.F64, Shape.of(4), 1);
        ExtractedAdapter extracted = extract(of(new TargetRank.Fixed(1)), base, trained);
        assertEquals(0, extracted.lost(), 1e-6);
        assertEquals(
                List.of(new LeftTensor("q.bias", "differs, and is no weight of a layer that can be adapted")),
                extracted.left());
        Checkpoint.open(folder.resolve("adapter/adapter_model.safetensors"))
                .tensors()
                .values()
                .forEach(factor -> assertEquals(DType.F32, factor.dtype()));
    }

    @Test
    void whatIsNotInTheAdapterIsTold() throws IOException {
        ModelFixture base = ModelFixture.empty()
                .with("a.q.weight", Shape.of(4, 4), 0)
                .with("a.q.bias", Shape.of(4), 0)
                .with("b.k.weight", Shape.of(4, 4), 0)
                .with("b.k.bias", Shape.of(4), 0)
                .with("wider.weight", Shape.of(3, 2), 0)
                .with("gone.weight", Shape.of(2), 0)
                .with("table", Shape.of(2, 2), 0)
                .with("unsaid.weight", Shape.of(3, 3), 0);
        ModelFixture trained = ModelFixture.empty()
                .with("a.q.weight", Shape.of(4, 4), 1)
                .with("a.q.bias", Shape.of(4), 0)
                .with("b.k.weight", Shape.of(4, 4), 1)
                .with("b.k.bias", Shape.of(4), 0)
                .with("wider.weight", Shape.of(4, 2), 0)
                .with("table", Shape.of(2, 2), 1)
                .with("unsaid.weight", Shape.of(3, 3), numbers(9, 1))
                .with("new.weight", Shape.of(2), 0);
        ExtractedAdapter extracted = extract(
                new AdapterExtractor(new TargetRank.Fixed(1), List.of("q", "unsaid"), List.of(), Map.of()),
                base,
                trained);
        assertEquals(
                List.of(
                        new LeftTensor("b.k.weight", "differs, and is in no module of --target-modules"),
                        new LeftTensor("gone.weight", "is in the base alone"),
                        new LeftTensor("table", "differs, and is no weight of a layer that can be adapted"),
                        new LeftTensor(
                                "unsaid.weight",
                                "differs, and may be linear, transposed or an embedding (say it with --layer)"),
                        new LeftTensor(
                                "wider.weight",
                                "has the shape [3, 2] in the base, and [4, 2] in the trained checkpoint"),
                        new LeftTensor("new.weight", "is in the trained checkpoint alone")),
                extracted.left());
        ExtractedAdapter said = new AdapterExtractor(
                        new TargetRank.Fixed(1), List.of("unsaid"), List.of(), Map.of("unsaid", LayerKind.LINEAR))
                .extract(checkpoint(base, "base"), checkpoint(trained, "trained"), folder.resolve("said"));
        assertEquals("unsaid", said.updates().get(0).module());
    }

    @Test
    void whatDiffersInNoWeightIsRefused() {
        assertEquals(
                "differs from `" + folder.resolve("base.safetensors")
                        + "` in no weight that an update could be made of; compare the two with graft diff",
                refusal(of(new TargetRank.Fixed(2)), model(false)));
    }

    @Test
    void aCheckpointOfOtherNamesIsRefused() {
        assertEquals(
                "has no tensor under a name that `" + folder.resolve("base.safetensors")
                        + "` has; look at both with graft diff, and give one the names of the other with graft convert",
                refusal(of(new TargetRank.Fixed(2)), ModelFixture.empty().linear("model.lin", 3, 3, 1)));
    }

    @Test
    void whatDiffersElsewhereAloneIsRefusedByName() {
        assertEquals(
                "differs from `" + folder.resolve("base.safetensors")
                        + "` in no weight that an update could be made of, but in `norm.weight`; compare the two with graft"
                        + " diff",
                refusal(of(new TargetRank.Fixed(2)), model(false, 2)));
    }

    @Test
    void namesOfNothingAreRefused() {
        TargetRank rank = new TargetRank.Fixed(2);
        assertEquals(
                "has no module `lim` of target_modules; did you mean `lin`?",
                refusal(new AdapterExtractor(rank, List.of("lim"), List.of(), Map.of()), model(true)));
        assertEquals(
                "has no module `nrom` of modules_to_save; did you mean `norm`?",
                refusal(new AdapterExtractor(rank, List.of(), List.of("nrom"), Map.of()), model(true)));
        assertEquals(
                "has nothing that `lim` of the layers selects; did you mean `lin`?",
                refusal(
                        new AdapterExtractor(rank, List.of(), List.of(), Map.of("lim", LayerKind.LINEAR)),
                        model(true)));
    }

    @Test
    void weightThatIsNotFiniteIsRefused() {
        ModelFixture base = ModelFixture.empty().linear("q", 3, 3, 1);
        ModelFixture trained = ModelFixture.empty().linear("q", 3, 3, Double.NaN);
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> extract(of(new TargetRank.Fixed(1)), base, trained));
        assertEquals("the difference of `q.weight` from the base is not finite", refused.detail());
        assertEquals("extract from a training that did not diverge", refused.help());
        assertFalse(Files.exists(folder.resolve("adapter")));
    }

    private String refusal(AdapterExtractor extractor, ModelFixture trained) {
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> extract(extractor, model(false), trained));
        assertFalse(Files.exists(folder.resolve("adapter")));
        return refused.detail() + "; " + refused.help();
    }
}
