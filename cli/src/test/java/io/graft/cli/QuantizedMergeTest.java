package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that are merged into quantized weights, which stay quantized. */
class QuantizedMergeTest {
    private static final Path LAYOUTS =
            Path.of("..", "modifiers-quantization", "src", "test", "resources", "fixtures", "quantized");
    private static final String Q = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    Path folder;

    private Place place(String layout) throws IOException {
        Place place = new Place(folder);
        Path from = LAYOUTS.resolve(layout);
        Path to = Files.createDirectories(folder.resolve(layout));
        for (String name : List.of("model.safetensors", "config.json")) {
            Files.copy(from.resolve(name), to.resolve(name));
        }
        return place;
    }

    private static OutputTensor tensor(String name, Shape shape, IntToDoubleFunction element) {
        ByteBuffer bytes = ByteBuffer.allocate((int) DType.F32.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.putFloat((float) element.applyAsDouble(i));
        }
        return new OutputTensor(
                name, DType.F32, shape, () -> TensorData.of(bytes.duplicate().flip()));
    }

    /** Of rank 1, whose update is a wave of some height. */
    private void adapter(Shape weight, double height) throws IOException {
        String name = "base_model.model." + Q.replace(".weight", "");
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        new SafetensorsWriter(adapter, "adapter_model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        tensor(name + ".lora_A.weight", Shape.of(1, weight.dimension(1)), i -> Math.sin(i) * height),
                        tensor(name + ".lora_B.weight", Shape.of(weight.dimension(0), 1), Math::cos)));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"q_proj\"]}");
    }

    private Checkpoint open(String name) {
        return Checkpoint.open(folder.resolve(name));
    }

    private static byte[] bytes(TensorEntry entry) throws IOException {
        byte[] bytes = new byte[(int) entry.data().byteCount()];
        entry.data().window(0, bytes.length).get(bytes);
        return bytes;
    }

    private static double[] values(TensorEntry entry) throws IOException {
        double[] values = new double[(int) entry.shape().elementCount()];
        new DTypeConversion(entry.data(), entry.dtype(), DType.F64)
                .window(0, values.length * Double.BYTES)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    private Outcome merged(Place place, String layout) {
        place.config(layout, "{ type = lora-merge, adapter-path = adapter, requantize = true }");
        return place.graft("apply", "-c", "DIR/x.conf");
    }

    /** Twice as large as the weights: other scales, and no more lost than quantizing loses. */
    @ParameterizedTest
    @CsvSource({"bnb-nf4, 0.13", "bnb-nf4-dq, 0.13", "bnb-nf4-dq-b128-f16, 0.13", "bnb-fp4, 0.16", "bnb-int8, 0.02"})
    void aLargeUpdate(String layout, double most) throws IOException {
        Place place = place(layout);
        TensorEntry before = open(layout).tensors().get(Q);
        double[] was = values(before);
        double height = 4 * Math.sqrt(norm(was) / was.length);
        adapter(before.shape(), height);
        merged(place, layout).is(ExitCode.DONE);
        TensorEntry after = open("out").tensors().get(Q);
        assertEquals(
                before.encoding().orElseThrow().scheme(),
                after.encoding().orElseThrow().scheme());
        double[] is = values(after);
        int columns = (int) before.shape().dimension(1);
        double lost = 0;
        for (int i = 0; i < was.length; i++) {
            int row = i / columns;
            double wanted = was[i] + Math.cos(row) * Math.sin(i % columns) * height;
            lost += (is[i] - wanted) * (is[i] - wanted);
        }
        assertTrue(Math.sqrt(lost / norm(is)) < most, "lost " + Math.sqrt(lost / norm(is)));
        assertOthersStay(layout, Q);
        assertEquals(
                Files.readString(folder.resolve(layout).resolve("config.json")),
                Files.readString(folder.resolve("out/config.json")));
    }

    private static double norm(double... values) {
        double norm = 0;
        for (double value : values) {
            norm += value * value;
        }
        return norm;
    }

    private void assertOthersStay(String layout, String changed) throws IOException {
        Map<String, TensorEntry> before = open(layout).stored();
        Map<String, TensorEntry> after = open("out").stored();
        assertEquals(before.keySet(), after.keySet());
        for (Map.Entry<String, TensorEntry> entry : before.entrySet()) {
            boolean isOther = !entry.getKey().startsWith(changed.replace(".weight", "."));
            boolean describes =
                    entry.getKey().contains("quant_state") || entry.getKey().endsWith("_map");
            if (isOther || describes) {
                assertArrayEquals(bytes(entry.getValue()), bytes(after.get(entry.getKey())), entry.getKey());
            }
        }
    }

    /** Of less than a step: scales stay, to the byte, and a warning says that most is lost. */
    @ParameterizedTest
    @ValueSource(strings = {"bnb-nf4", "bnb-nf4-dq", "bnb-int8"})
    void aSmallUpdate(String layout) throws IOException {
        Place place = place(layout);
        TensorEntry before = open(layout).tensors().get(Q);
        double[] was = values(before);
        adapter(before.shape(), Math.sqrt(norm(was) / was.length) / 400);
        Outcome run = merged(place, layout);
        assertEquals(ExitCode.DONE, run.code(), run.err());
        assertTrue(
                run.err()
                        .replaceAll("[\\d.]+(e-\\d+)?(?= |,)", "N")
                        .contains(
                                "`" + Q
                                        + "`: an update of N was added to codes with a step of N (root mean squares), which lose what is below half a step"),
                run.err());
        assertTrue(
                Pattern.compile(
                                ": update [\\d.e-]+, step [\\d.]+ \\(root mean squares\\), error [\\d.]+ \\([\\d.]+ dB\\)")
                        .matcher(run.out())
                        .find(),
                run.out());
        String manifest = Files.readString(folder.resolve("out/graft-manifest.json"));
        assertTrue(manifest.contains("\"update\": ") && manifest.contains("\"step\": "), manifest);
        Map<String, TensorEntry> after = open("out").stored();
        for (Map.Entry<String, TensorEntry> entry : open(layout).stored().entrySet()) {
            if (!entry.getKey().equals(Q)) {
                assertArrayEquals(bytes(entry.getValue()), bytes(after.get(entry.getKey())), entry.getKey());
            }
        }
    }

    /** Codes of an adapter that changes nothing are those that were there. */
    @ParameterizedTest
    @ValueSource(strings = {"bnb-nf4", "bnb-nf4-dq", "bnb-int8"})
    void noUpdate(String layout) throws IOException {
        Place place = place(layout);
        adapter(open(layout).tensors().get(Q).shape(), 0);
        merged(place, layout).is(ExitCode.DONE);
        assertArrayEquals(
                bytes(open(layout).stored().get(Q)), bytes(open("out").stored().get(Q)));
    }

    @Test
    void codesThatWereSearchedForAreNotMadeAnew() throws IOException {
        Place place = place("gptq-v1-4bit-sym");
        adapter(open("gptq-v1-4bit-sym").tensors().get(Q).shape(), 1);
        Outcome run = merged(place, "gptq-v1-4bit-sym");
        assertNotEquals(ExitCode.DONE, run.code());
        assertTrue(
                run.err()
                        .contains(
                                "`" + Q
                                        + "` is stored as GPTQ, 4 bits, groups of 32, whose codes are not made of values alone"),
                run.err());
        assertTrue(
                run.err()
                        .contains(
                                "leave requantize out: the weights that the adapter changes become plain numbers then"),
                run.err());
    }
}
