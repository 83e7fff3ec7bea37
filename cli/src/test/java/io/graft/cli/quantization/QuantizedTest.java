package io.graft.cli.quantization;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantized checkpoints, through every command: no scale is ever lost, and codes are never numbers. Field reports, section 2. */
class QuantizedTest {
    private static final String FP8 = "fp8-block-32-bf16";
    private static final String GPTQ = "gptq-v1-4bit-sym";
    private static final String Q = "model.layers.0.self_attn.q_proj.weight";
    private static final String O = "model.layers.0.self_attn.o_proj.weight";
    private static final String AQLM = "aqlm";
    private static final String REFUSED = "is stored as AQLM, which Graft does not read";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void setUp() throws IOException {
        place = new Place(folder)
                .with("quantized/" + FP8, "quantized/" + GPTQ, "quantized/bnb-nf4", "quantized/fp8-scale-weight-old");
        String module = Q.replace(".weight", "");
        write(
                AQLM,
                filled(module + ".codes", DType.I32, 0, 32, 64),
                filled(module + ".codebooks", DType.F32, 1, 1, 256, 1, 8),
                filled("lm_head.weight", DType.F32, 1, 8, 64));
    }

    private static byte[] bytes(TensorEntry entry) throws IOException {
        byte[] bytes = new byte[(int) entry.data().byteCount()];
        entry.data().window(0, bytes.length).get(bytes);
        return bytes;
    }

    /** Asserts that a checkpoint has tensors of another as they lie there. */
    private static void assertStored(Checkpoint expected, Checkpoint actual, List<String> names) throws IOException {
        for (String name : names) {
            TensorEntry entry = actual.stored().get(name);
            assertEquals(expected.stored().get(name).dtype(), entry.dtype(), name);
            assertEquals(expected.stored().get(name).shape(), entry.shape(), name);
            assertArrayEquals(bytes(expected.stored().get(name)), bytes(entry), name);
        }
    }

    /** Runs a command that cannot use a checkpoint, and says so. */
    private String refused(String... arguments) {
        Outcome outcome = place.graft(arguments);
        assertEquals(ExitCode.CHECKPOINT, outcome.code(), outcome.err());
        return outcome.err();
    }

    private Checkpoint open(String name) {
        return Checkpoint.open(place.path(name));
    }

    private Path write(String name, OutputTensor... tensors) throws IOException {
        Path target = Files.createDirectories(place.path(name));
        new SafetensorsWriter(target, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensors));
        return target;
    }

    private static OutputTensor filled(String name, DType dtype, float value, long... shape) {
        Shape of = Shape.of(shape);
        ByteBuffer bytes = ByteBuffer.allocate((int) dtype.byteCount(of)).order(ByteOrder.LITTLE_ENDIAN);
        while (dtype == DType.F32 && bytes.hasRemaining()) {
            bytes.putFloat(value);
        }
        bytes.rewind();
        return new OutputTensor(name, dtype, of, () -> TensorData.of(bytes));
    }

    @Test
    void inspectNamesTheSchemeAndTheLogicalShape() throws IOException {
        assertGolden(
                "QuantizedTest/fp8.txt",
                place.graft("inspect", "DIR/" + FP8).is(ExitCode.DONE).out());
        assertGolden(
                "QuantizedTest/gptq.json",
                place.graft("inspect", "DIR/" + GPTQ, "--keys", Q, "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @ParameterizedTest
    @ValueSource(strings = {FP8, GPTQ, AQLM, "fp8-scale-weight-old"})
    void withoutADtypeAllIsCopiedAsItLies(String layout) throws IOException {
        place.graft("convert", "DIR/" + layout, "DIR/copy").is(ExitCode.DONE);
        Checkpoint input = open(layout);
        Checkpoint copy = open("copy");
        assertEquals(
                input.stored().keySet().stream().sorted().toList(),
                copy.stored().keySet().stream().sorted().toList());
        assertStored(input, copy, List.copyOf(input.stored().keySet()));
    }

    @ParameterizedTest
    @CsvSource({FP8 + ", BF16, FP8", "fp8-scale-weight-old, F16, FP8", GPTQ + ", F16, GPTQ"})
    void withADtypeEverythingIsAsItIsMeant(String layout, String dtype, String scheme) throws IOException {
        String out = place.graft("convert", "DIR/" + layout, "DIR/plain.safetensors", "--dtype", dtype)
                .is(ExitCode.DONE)
                .out();
        assertTrue(out.contains("! dequantized: 3 tensors from " + scheme), out);
        Checkpoint expected = open(layout + "/expected.safetensors");
        Checkpoint plain = open("plain.safetensors");
        assertEquals(
                open(layout).tensors().keySet().stream().sorted().toList(),
                plain.stored().keySet().stream().sorted().toList());
        assertStored(expected, plain, List.copyOf(expected.stored().keySet()));
        place.graft("diff", "DIR/" + layout, "DIR/plain.safetensors").is(ExitCode.DONE);
    }

    @Test
    void codesThatNothingReadsAreNoNumbers() {
        String err = refused("convert", "DIR/" + AQLM, "DIR/plain", "--dtype", "BF16");
        assertTrue(err.contains("`" + Q + "` " + REFUSED), err);
        assertFalse(Files.exists(place.path("plain")));
        place.graft("diff", "DIR/" + AQLM, "DIR/" + AQLM).is(ExitCode.DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {FP8, GPTQ, AQLM, "fp8-scale-weight-old"})
    void whatNoModifierTouchesStaysAsItLies(String layout) throws IOException {
        place.config(layout, "{ type = freezing, submodules-to-freeze = [lm_head] }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        Checkpoint input = open(layout);
        Checkpoint output = open("out");
        assertEquals(
                input.stored().keySet().stream().sorted().toList(),
                output.stored().keySet().stream().sorted().toList());
        assertStored(input, output, List.copyOf(input.stored().keySet()));
    }

    @Test
    void partsFollowTheirTensorsName() throws IOException {
        place.config(FP8, "{ type = renaming, rename = [{ from = \"" + Q + "\", to = \"attention.kernel\" }] }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        Checkpoint output = open("out");
        assertArrayEquals(
                bytes(open(FP8).stored().get(Q)), bytes(output.stored().get("attention.kernel")));
        assertTrue(output.stored().containsKey("attention.kernel_scale_inv"));
        assertFalse(output.stored().containsKey(Q + "_scale_inv"));
    }

    @Test
    void castingDequantizes() throws IOException {
        place.config(FP8, "{ type = casting, dtype = bf16, tensors = [\"" + Q + "\"] }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        Checkpoint output = open("out");
        assertStored(open(FP8 + "/expected.safetensors"), output, List.of(Q));
        assertFalse(output.stored().containsKey(Q + "_scale_inv"));
        assertStored(open(FP8), output, List.of(O, O + "_scale_inv"));
        place.config(AQLM, "{ type = casting, dtype = f32 }");
        String err = refused("plan", "-c", "DIR/x.conf");
        assertTrue(err.contains(REFUSED), err);
    }

    /** A marker only says how others are stored: it goes with the last of them, and not before. */
    @Test
    void aMarkerGoesWithTheLastThatItDescribes() throws IOException {
        String comfy = "fp8-scale-weight-old";
        place.config(comfy, "{ type = casting, dtype = bf16, tensors = [\"" + Q + "\"] }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        assertTrue(open("out").stored().containsKey("scaled_fp8"));
        place.config(comfy, "{ type = casting, dtype = bf16 }")
                .graft("apply", "-c", "DIR/x.conf", "--set", "graft.output.overwrite=true")
                .is(ExitCode.DONE);
        assertEquals(open(comfy).tensors().keySet(), open("out").stored().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {FP8, GPTQ, "bnb-nf4"})
    void transferLearningLoadsWhatIsMeant(String layout) throws IOException {
        Checkpoint expected = open(layout + "/expected.safetensors");
        List<OutputTensor> zeros = new ArrayList<>();
        open(layout)
                .tensors()
                .values()
                .forEach(entry -> zeros.add(filled(
                        entry.name(),
                        entry.dtype(),
                        0,
                        entry.shape().dimensions().stream()
                                .mapToLong(Long::longValue)
                                .toArray())));
        write("model", zeros.toArray(new OutputTensor[0]));
        place.config("model", "{ type = transfer-learning, checkpoint-path = \"" + layout + "\", strict = true }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        assertStored(expected, open("out"), List.copyOf(expected.stored().keySet()));
    }

    @Test
    void transferLearningFromWhatNothingReadsIsRefused() throws IOException {
        place.config(FP8, "{ type = transfer-learning, checkpoint-path = \"" + AQLM + "\" }");
        String err = refused("plan", "-c", "DIR/x.conf");
        assertTrue(err.contains(REFUSED), err);
    }

    @ParameterizedTest
    @CsvSource({FP8 + ", 32", GPTQ + ", 32", "bnb-nf4, 16"})
    void anAdapterIsMergedIntoWhatIsMeant(String layout, long out) throws IOException {
        adapter(out);
        place.config(layout, "{ type = lora-merge, adapter-path = adapter }");
        assertEquals(ExitCode.DONE, place.graft("apply", "-c", "DIR/x.conf").code());
        Checkpoint output = open("out");
        assertEquals(
                open(layout).tensors().get(Q).dtype(), output.stored().get(Q).dtype());
        Files.copy(
                place.path(layout + "/config.json"),
                place.path("out/config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        place.graft("diff", "DIR/" + layout, "DIR/out").is(ExitCode.DONE);
        List<String> others = List.copyOf(
                open(layout).tensors().get(O).encoding().orElseThrow().set().names());
        assertStored(open(layout), output, others);
        for (String part :
                open(layout).tensors().get(Q).encoding().orElseThrow().set().names()) {
            assertEquals(part.equals(Q), output.stored().containsKey(part), part);
        }
    }

    @Test
    void anAdapterIsNotMergedIntoWhatNothingReads() throws IOException {
        adapter(32);
        place.config(AQLM, "{ type = lora-merge, adapter-path = adapter }");
        String err = refused("plan", "-c", "DIR/x.conf");
        assertTrue(err.contains("`" + Q + "` " + REFUSED), err);
        assertEquals(1, err.split("error\\[", -1).length - 1, err);
    }

    private void adapter(long out) throws IOException {
        String name = "base_model." + Q.replace(".weight", "");
        Path adapter = write(
                "adapter",
                filled(name + ".lora_A.weight", DType.F32, 1, 1, 64),
                filled(name + ".lora_B.weight", DType.F32, 0, out, 1));
        Files.move(adapter.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"q_proj\"]}");
    }

    @Test
    void countsAreThoseOfWhatIsMeantAndBytesThoseOfWhatLiesThere() {
        String json = place.config(FP8, "{ type = freezing, submodules-to-freeze = [lm_head] }")
                .graft("plan", "-c", "DIR/x.conf", "--json")
                .is(ExitCode.DONE)
                .out();
        Checkpoint input = open(FP8);
        long parameters = input.tensors().values().stream()
                .mapToLong(entry -> entry.shape().elementCount())
                .sum();
        long bytes = input.stored().values().stream()
                .mapToLong(entry -> entry.data().byteCount())
                .sum();
        assertTrue(json.contains("\"parameters\":" + parameters + ","), json);
        assertTrue(json.contains("\"bytes\":" + bytes + "}"), json);
        assertTrue(json.contains("\"storage\":\"fp8\""), json);
    }

    private String configAfterCasting(String selection) throws IOException {
        place.file("x.conf", """
                graft {
                  model.checkpoint = "fp8-block-32-bf16"
                  modifiers = [ { type = casting, dtype = f32%s } ]
                  output { path = out, overwrite = true }
                }
                """.formatted(selection));
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        return Files.readString(folder.resolve("out/config.json"));
    }

    @Test
    void theConfigurationOfAPlainModelDoesNotSayThatItIsQuantized() throws IOException {
        String before = Files.readString(folder.resolve(FP8).resolve("config.json"));
        assertEquals(
                before.replace("bfloat16", "float32").replaceFirst(",\\s*\"quantization_config\": \\{[^}]*}", ""),
                configAfterCasting(""));
    }

    @Test
    void theConfigurationOfAPartlyPlainModelNamesWhatIsPlain() throws IOException {
        String before = Files.readString(folder.resolve(FP8).resolve("config.json"));
        assertEquals(
                before.replaceFirst("\"lm_head\"\\s*]", "\"lm_head\", \"model.layers.0.self_attn.q_proj\"]"),
                configAfterCasting(", tensors = [\"" + Q + "\"]"));
    }
}
