package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.djl.run.PyTorchEngine;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.TensorData;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TorchScript programs run with the codes that the modifier makes, from a file and in memory. */
class QuantizedProgramsTest {
    private static final String TARGETS = "target-modules = [first, plain, turned, affine]";

    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    private static Path program() {
        try {
            return Path.of(QuantizedProgramsTest.class
                    .getResource("/fixtures/programs/products-traced.pt")
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Path write(String name, String options) {
        Path out = folder.resolve(name);
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { torchscript = \"" + program()
                        + "\" }, modifiers = [ { type = quantization, " + TARGETS + ", " + options
                        + " } ], output { path = \"" + out + "\" } }"))
                .run();
        return out.resolve("model.pt");
    }

    private static float[] run(Path file) throws Exception {
        try (Model model = Model.newInstance("program", "PyTorch")) {
            model.load(file.getParent(), file.getFileName().toString());
            return run(model);
        }
    }

    private static float[] run(Model model) {
        NDManager manager = model.getNDManager();
        NDArray input = manager.arange(6 * 64)
                .reshape(new Shape(6, 64))
                .toType(DataType.FLOAT32, false)
                .mul(0.37f)
                .sin();
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(input), false)
                .get(0)
                .toFloatArray();
    }

    private static double apart(float[] values, float[] expected) {
        double difference = 0;
        double whole = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(values[i] - expected[i], 2);
            whole += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / whole);
    }

    /** The bound is that of the weights' error, four layers on. */
    @ParameterizedTest
    @CsvSource({"int8, 0.03, true", "int8-dynamic, 0.03, true", "nf4, 0.3, false", "fp4, 0.4, false"})
    void anArchiveIsQuantized(String scheme, double bound, boolean hasKernel) throws Exception {
        float[] before = run(program());
        Path file = write("kernel", "scheme = " + scheme);
        float[] quantized = run(file);
        assertTrue(apart(quantized, before) < bound, scheme + " " + apart(quantized, before));
        float[] exact = run(write("none", "scheme = " + scheme + ", kernel = none"));
        double apart = apart(quantized, exact);
        assertEquals(hasKernel, apart > 1e-4, "what a kernel rounds: " + apart);
    }

    @Test
    void theArchiveHasThePartsOfTheLayout() {
        Path file = write("int8", "scheme = int8");
        assertEquals(
                List.of("plain.SCB", "plain.weight", "plain.weight_format"),
                List.copyOf(new TreeSet<>(Checkpoint.open(file).stored().keySet()).subSet("plain.", "plain/")));
    }

    @Test
    void anOpenProgramIsQuantized() throws Exception {
        float[] file = run(write("file", "scheme = int8-dynamic"));
        try (Model model = Model.newInstance("program", "PyTorch")) {
            model.load(program().getParent(), program().getFileName().toString());
            Block open = model.getBlock();
            ModifiedModel modified = ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString(
                            "graft.modifiers = [ { type = quantization, scheme = int8-dynamic, " + TARGETS + " } ]"))
                    .run();
            assertNotSame(open, model.getBlock());
            assertArrayEquals(file, run(model));
            assertArrayEquals(
                    file, run(modified.saveProgram(folder.resolve("saved")).path()));
        }
    }

    /** As a checkpoint has them that comes quantized. */
    @Test
    void anOpenProgramHoldsTheCodesOfACheckpoint() throws Exception {
        float[] codes = new float[64 * 64];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (float) Math.sin(i) / 8;
        }
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
        ByteBuffer bytes = ByteBuffer.allocate(codes.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(codes);
        new SafetensorsWriter(checkpoint, "model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(new OutputTensor(
                        "plain.weight", DType.F32, io.graft.tensor.Shape.of(64, 64), () -> TensorData.of(bytes))));
        Path quantized = folder.resolve("quantized");
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model.checkpoint = \"" + checkpoint
                        + "\", modifiers = [ { type = quantization, scheme = int8 } ], output.path = \"" + quantized
                        + "\" }"))
                .run();
        float[] numbers = run(loaded(quantized, "", "numbers"));
        Path file = loaded(quantized, "keep-codes {}", "codes");
        double apart = apart(run(file), numbers);
        assertTrue(apart > 1e-5 && apart < 0.03, "a kernel rounds: " + apart);
        assertEquals(
                List.of("plain.SCB", "plain.weight", "plain.weight_format"),
                List.copyOf(new TreeSet<>(Checkpoint.open(file).stored().keySet()).subSet("plain.", "plain/")));
        assertArrayEquals(numbers, run(loaded(quantized, "keep-codes { kernel = none }", "none")), 1e-5f);
    }

    private Path loaded(Path checkpoint, String options, String name) throws Exception {
        return loaded(
                checkpoint,
                options,
                name,
                options.equals("keep-codes {}")
                        ? Map.of("plain.weight", "weight-only for up to 3 rows, dynamic for more rows")
                        : options.isEmpty()
                                ? Map.of()
                                : Map.of("plain.weight", "dequantized, as the kernel is `none`"));
    }

    private Path loaded(Path checkpoint, String options, String name, Map<String, String> kernels) throws Exception {
        try (Model model = Model.newInstance("program", "PyTorch")) {
            model.load(program().getParent(), program().getFileName().toString());
            ModifiedModel modified = ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString(
                            "graft.modifiers = [ { type = transfer-learning, checkpoint-path = \"" + checkpoint + "\", "
                                    + options + " } ]"))
                    .run();
            assertEquals(kernels, modified.kernels());
            return modified.saveProgram(folder.resolve(name)).path();
        }
    }

    /** Codes with zero points: what is stored of them by their names, and what runs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qweight I32 8x64, qzeros I32 2x8, scales F16 2x64, g_idx I32 64 | weight-only",
                "qweight I32 64x8, qzeros I32 2x8, scales F16 2x64 | weight-only",
                "weight I8 64x64, weight_scale F32 64x1, weight_zero_point I8 64x1"
                        + " | weight-only for up to 3 rows, dynamic for more rows",
                "weight U32 64x8, scales F16 64x1, biases F16 64x1 | weight-only"
            })
    void aProgramMultipliesWithCodesThatHaveZeroPoints(String tensors, String kernels) throws Exception {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
        List<OutputTensor> stored = new ArrayList<>();
        for (String tensor : tensors.split(", ")) {
            String[] words = tensor.split(" ");
            DType dtype = DType.valueOf(words[1]);
            io.graft.tensor.Shape shape = io.graft.tensor.Shape.of(
                    Stream.of(words[2].split("x")).mapToLong(Long::parseLong).toArray());
            ByteBuffer bytes = stored(words[0], dtype, shape);
            stored.add(new OutputTensor("plain." + words[0], dtype, shape, () -> TensorData.of(bytes)));
        }
        new SafetensorsWriter(checkpoint, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(stored);
        float[] numbers = run(loaded(checkpoint, "", "numbers", Map.of()));
        Path file = loaded(checkpoint, "keep-codes {}", "codes", Map.of("plain.weight", kernels));
        double apart = apart(run(file), numbers);
        assertTrue(apart > 1e-5 && apart < 0.03, "a kernel rounds: " + apart);
        assertTrue(Checkpoint.open(file)
                .stored()
                .keySet()
                .containsAll(stored.stream().map(OutputTensor::name).toList()));
        assertArrayEquals(
                numbers,
                run(loaded(
                        checkpoint,
                        "keep-codes { kernel = none }",
                        "none",
                        Map.of("plain.weight", "dequantized, as the kernel is `none`"))),
                1e-5f);
    }

    /** Codes of all kinds with scales of a few hundredths, and the groups of inputs in order. */
    private static ByteBuffer stored(String name, DType dtype, io.graft.tensor.Shape shape) {
        Random random = new Random(name.hashCode());
        int count = (int) shape.elementCount();
        ByteBuffer bytes = ByteBuffer.allocate(count * dtype.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (dtype) {
                case F16 -> bytes.putShort(Float16.fromFloat(name.equals("biases") ? -0.2f : 0.02f + i % 7 * 0.003f));
                case F32 -> bytes.putFloat(0.001f + i % 5 * 0.0003f);
                case I8 -> bytes.put((byte) random.nextInt());
                default -> bytes.putInt(name.equals("g_idx") ? i / 32 : random.nextInt());
            }
        }
        return bytes.flip();
    }

    @Test
    void aCastAfterwardsIsRefusedAndOneBeforeRuns() throws Exception {
        String quantization = "{ type = quantization, scheme = int8, " + TARGETS + " }";
        String casting = "{ type = casting, dtype = f16 }";
        Problem refusal = assertThrows(GraftException.class, () -> apply(quantization + ", " + casting, "after"))
                .problems()
                .get(0);
        assertEquals(
                "a program cannot multiply quantized weights, which stay numbers of the dtype that they were quantized in, with what"
                        + " is cast afterwards: `first.bias` from F32 to F16 beside `first.weight` and 2 more",
                refusal.message());
        assertEquals(
                "put `casting` before `quantization`, or before `transfer-learning` with `keep-codes`", refusal.help());
        apply(casting + ", " + quantization, "before");
        try (Model model = Model.newInstance("program", "PyTorch")) {
            model.load(folder.resolve("before"), "model.pt");
            NDManager manager = model.getNDManager();
            NDArray input = manager.ones(new Shape(6, 64), DataType.FLOAT16);
            NDArray output = model.getBlock()
                    .forward(new ParameterStore(manager, false), new NDList(input), false)
                    .get(0);
            assertEquals(DataType.FLOAT16, output.getDataType());
        }
    }

    private void apply(String modifiers, String name) {
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString(
                        "graft { model { torchscript = \"" + program() + "\" }, modifiers = [ " + modifiers
                                + " ], output { path = \"" + folder.resolve(name) + "\" } }"))
                .run();
    }
}
