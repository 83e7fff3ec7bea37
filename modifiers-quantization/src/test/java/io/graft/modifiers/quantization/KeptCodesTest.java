package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of a checkpoint that comes quantized, which a live model holds as the checkpoint does. */
class KeptCodesTest {
    private static final int IN = 64;
    private static final String MODULE = "model.layers.0.self_attn.q_proj";

    private Model model;

    @BeforeEach
    void open() {
        model = Model.newInstance("live", "PyTorch");
    }

    @AfterEach
    void close() {
        model.close();
    }

    private void block(int out) {
        SequentialBlock block =
                new SequentialBlock().add(Linear.builder().setUnits(out).build());
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(3, IN));
    }

    private static Path fixture(String layout) {
        try {
            return Path.of(KeptCodesTest.class
                    .getResource("/fixtures/quantized/" + layout)
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private ModifiedModel load(String layout, String options) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [ { type = transfer-learning, prefix = none,"
                                + " checkpoint-path = \"" + fixture(layout) + "\", rename = [ { from = " + MODULE
                                + ", to = \"0\" } ], " + options + " } ]"))
                .run();
    }

    private static float[] expected(String layout) throws IOException {
        Checkpoint expected = Checkpoint.open(fixture(layout).resolve("expected.safetensors"));
        return LazyTensors.floats(
                CastTensor.to(DType.F32, StoredTensor.initial(expected.tensors().get(MODULE + ".weight"))));
    }

    private NDArray inputs() {
        return model.getNDManager()
                .arange(0, 3 * IN, 1, DataType.FLOAT32)
                .reshape(3, IN)
                .mul(0.37f)
                .sin();
    }

    private float[] forward(boolean training) {
        return model.getBlock()
                .forward(new ParameterStore(model.getNDManager(), false), new NDList(inputs()), training)
                .singletonOrThrow()
                .toFloatArray();
    }

    private float[] product(ModifiedModel modified, float[] weight) {
        NDArray numbers = model.getNDManager().create(weight, new Shape(weight.length / IN, IN));
        NDArray bias = modified.parameters().get("0.bias").getArray();
        return inputs().dot(numbers.transpose()).add(bias).toFloatArray();
    }

    /** The layout, its rows, and what may run with the fastest kernel, which was measured for one row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bnb-int8 | 32 | weight-only, dynamic, dequantized",
                "bnb-nf4 | 16 |",
                "bnb-nf4-dq | 16 |",
                "ct-int8-w8a8 | 32 | weight-only, dynamic, dequantized",
                "ct-pack-int4-group-sym | 32 | weight-only, dequantized",
                "ct-pack-int4-channel-f16 | 32 | weight-only, dequantized",
                "ct-int8-w8a8-asym | 32 | weight-only, dynamic, dequantized",
                "ct-pack-int3-dense | 32 | weight-only, dequantized",
                "ct-pack-int4-group-asym | 32 | weight-only, dequantized",
                "ct-pack-int4-actorder | 32 |",
                "ct-pack-int8-channel | 32 | weight-only, dynamic, dequantized",
                "torchao-int8 | 32 | weight-only, dynamic, dequantized",
                "fp8-ct-channel-bf16 | 32 |",
                "awq-gemm | 32 | weight-only, dequantized",
                "gptq-v1-2bit | 32 | weight-only, dequantized",
                "gptq-v1-4bit-asym | 32 | weight-only, dequantized",
                "gptq-v1-4bit-sym | 32 | weight-only, dequantized",
                "gptq-v1-4bit-actorder | 32 |",
                "gptq-v1-8bit-channel | 32 | weight-only, dynamic, dequantized",
                "gptq-v2-4bit-asym | 32 | weight-only, dequantized",
                "hqq-4bit | 32 | weight-only, dequantized",
                "mlx-affine-4bit | 32 | weight-only, dequantized"
            })
    void aLayerMultipliesWithTheCodesOfTheCheckpoint(String layout, int out, String kernels) throws IOException {
        block(out);
        float[] weight = expected(layout);
        ModifiedModel modified = load(layout, "keep-codes { kernel = none }");
        assertArrayEquals(weight, modified.read(KeptCodesTest::values));
        assertArrayEquals(product(modified, weight), forward(false), 1e-5f);
        assertArrayEquals(product(modified, weight), forward(true), 1e-5f);
        assertEquals(
                kernels == null ? Map.of() : Map.of("0.weight", "dequantized, as the kernel is `none`"),
                modified.kernels());
        model.close();
        open();
        block(out);
        ModifiedModel fastest = load(layout, "keep-codes {}");
        float[] rounded = forward(false);
        float[] exact = product(fastest, weight);
        for (int i = 0; i < exact.length; i++) {
            assertEquals(exact[i], rounded[i], 0.03 * norm(exact));
        }
        if (kernels == null) {
            assertEquals(Map.of(), fastest.kernels());
        } else {
            assertTrue(
                    List.of(kernels.split(", ")).stream()
                            .anyMatch(fastest.kernels().get("0.weight")::startsWith),
                    () -> fastest.kernels().toString());
        }
    }

    private static float[] values(ModelDraft draft) throws IOException {
        return LazyTensors.floats(draft.find("0.weight").orElseThrow().value());
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares / values.length);
    }

    @Test
    void theModelHasThePartsOfTheLayoutAndIsFrozenThere() throws IOException {
        block(32);
        ModifiedModel modified = load("ct-pack-int4-group-sym", "keep-codes {}");
        assertEquals(
                List.of("0.weight", "0.bias", "0.weight_packed", "0.weight_scale", "0.weight_shape"),
                modified.draft().tensors().stream().map(DraftTensor::name).toList());
        assertFalse(modified.draft().find("0.weight").orElseThrow().trainable());
        assertTrue(modified.draft().find("0.bias").orElseThrow().trainable());
        assertEquals(
                DType.I32,
                modified.draft().find("0.weight_packed").orElseThrow().dtype());
        assertEquals(
                TensorKind.BUFFER,
                modified.draft().find("0.weight_packed").orElseThrow().kind());
    }

    @Test
    void withoutTheOptionCodesBecomeNumbers() throws IOException {
        block(32);
        ModifiedModel modified = load("ct-pack-int4-group-sym", "strict = false");
        assertArrayEquals(expected("ct-pack-int4-group-sym"), modified.read(KeptCodesTest::values));
        assertEquals(
                List.of("0.weight", "0.bias"),
                modified.draft().tensors().stream().map(DraftTensor::name).toList());
    }

    @Test
    void whatCannotBeKeptIsTold() {
        block(32);
        Report report = load("fp8-ct-channel-bf16", "keep-codes {}, \"include\" = [\"0.bias\"], min-coverage = 0")
                .report();
        assertEquals(
                List.of("`keep-codes` has no effect: nothing is loaded that the checkpoint has as codes"),
                warnings(report));
    }

    @Test
    void partsOfAWeightBecomeNumbers() {
        block(16);
        Report report = ModelModifierApplier.create()
                .model(model)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [ { type = transfer-learning, prefix = none,"
                                + " checkpoint-path = \"" + fixture("bnb-int8")
                                + "\", keep-codes {}, rename = [ { type = split, from = \""
                                + MODULE + ".weight\", to = [ \"0.weight\", \"other.weight\" ] } ] } ]"))
                .run()
                .report();
        assertEquals(
                List.of(
                        "`keep-codes` has no effect: nothing is loaded that the checkpoint has as codes",
                        "the codes of `0.weight` become numbers: the model has the tensor under several names or another last name, or as"
                                + " codes already, or a rule makes it of parts"),
                warnings(report));
    }

    private static List<String> warnings(Report report) {
        return report.plan().modifiers().get(0).warnings();
    }

    /** The layout, and the list of plain modules in its configuration, if it has one. */
    @ParameterizedTest
    @CsvSource({
        "ct-pack-int4-group-asym, ignore",
        "awq-gemm, modules_to_not_convert",
        "gptq-v1-4bit-asym,",
    })
    void inFilesTheConfigurationOfTheCodesGoesAlong(String layout, String plain, @TempDir Path folder)
            throws IOException {
        Path numbers = folder.resolve("numbers");
        apply(fixture(layout), "{ type = casting, dtype = f32 }", numbers);
        assertFalse(Checkpoint.open(numbers).configuration().values().containsKey("quantization_config"));
        Path out = folder.resolve("out");
        apply(
                numbers,
                "{ type = transfer-learning, checkpoint-path = \"" + fixture(layout) + "\", keep-codes {} }",
                out);
        Checkpoint before = Checkpoint.open(fixture(layout));
        Checkpoint after = Checkpoint.open(out);
        assertEquals(before.stored().keySet(), after.stored().keySet());
        assertArrayEquals(values(before), values(after));
        Map<String, Object> said = ModelConfiguration.object(
                        before.configuration().values(), "quantization_config")
                .orElseThrow();
        Map<String, Object> expected = new HashMap<>(said);
        if (plain != null) {
            expected.put(plain, List.of("lm_head", "model.embed_tokens"));
        }
        assertEquals(expected, after.configuration().values().get("quantization_config"));
    }

    private static float[] values(Checkpoint checkpoint) throws IOException {
        return LazyTensors.floats(CastTensor.to(
                DType.F32, StoredTensor.initial(checkpoint.tensors().get(MODULE + ".weight"))));
    }

    private static void apply(Path model, String modifier, Path out) {
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model.checkpoint = \"" + model + "\", modifiers = [ "
                        + modifier + " ], output.path = \"" + out + "\" }"))
                .run();
    }
}
