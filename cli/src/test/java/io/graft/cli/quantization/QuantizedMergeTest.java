package io.graft.cli.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
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
import java.util.ArrayList;
import java.util.Arrays;
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
        adapter(Q, "q_proj", weight, height);
    }

    private void adapter(String tensor, String module, Shape weight, double height) throws IOException {
        String name = "base_model.model." + tensor.replace(".weight", "");
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        new SafetensorsWriter(adapter, "adapter_model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        tensor(name + ".lora_A.weight", Shape.of(1, weight.dimension(1)), i -> Math.sin(i) * height),
                        tensor(name + ".lora_B.weight", Shape.of(weight.dimension(0), 1), Math::cos)));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"" + module + "\"]}");
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

    /** Done, with warnings or without. */
    private static Outcome done(Outcome run) {
        assertEquals(ExitCode.DONE, run.code(), run.err());
        return run;
    }

    /** Twice as large as the weights: other scales, and no more lost than quantizing loses. */
    @ParameterizedTest
    @CsvSource({
        "bnb-nf4, 0.13",
        "bnb-nf4-dq, 0.13",
        "bnb-nf4-dq-b128-f16, 0.13",
        "bnb-fp4, 0.16",
        "bnb-int8, 0.02",
        "ct-int8-w8a8, 0.02",
        "ct-int8-w8a8-asym, 0.02",
        "ct-naive-int8, 0.02",
        "ct-pack-int4-channel-f16, 0.2",
        "ct-pack-int4-group-asym, 0.2",
        "ct-pack-int4-group-sym, 0.2",
        "ct-pack-int8-channel, 0.02",
        "ct-pack-int8-group-asym, 0.02",
        "fp8-block-128-f32, 0.04",
        "fp8-block-32-bf16, 0.04",
        "fp8-block-32-e5m2, 0.08",
        "fp8-block-32-ue8m0, 0.04",
        "fp8-ct-block-bf16, 0.04",
        "fp8-ct-channel-bf16, 0.04",
        "fp8-ct-naive-channel, 0.04",
        "fp8-ct-tensor-static, 0.04",
        "fp8-fbgemm-row, 0.04",
        "fp8-modelopt, 0.04",
        "mxfp8-ct, 0.04",
        "mxfp8-hf, 0.04",
        "ct-mxfp4, 0.2",
        "mlx-affine-4bit, 0.2",
        "torchao-int8, 0.02",
        "awq-gemm, 0.2",
        "gptq-v1-2bit, 0.7",
        "gptq-v1-3bit, 0.35",
        "gptq-v1-4bit-actorder, 0.2",
        "gptq-v1-4bit-asym, 0.2",
        "gptq-v1-4bit-sym, 0.2",
        "gptq-v2-4bit-asym, 0.2"
    })
    void aLargeUpdate(String layout, double most) throws IOException {
        Place place = place(layout);
        TensorEntry before = open(layout).tensors().get(Q);
        double[] was = values(before);
        double height = 4 * Math.sqrt(norm(was) / was.length);
        adapter(before.shape(), height);
        done(merged(place, layout));
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
            boolean describes = entry.getKey().contains("quant_state")
                    || entry.getKey().endsWith("_map")
                    || entry.getKey().endsWith("weight_shape")
                    || entry.getKey().endsWith("input_scale")
                    || entry.getKey().endsWith(".bias");
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

    /** After an adapter that changes nothing, the file is the one that was there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bnb-nf4",
                "bnb-nf4-dq",
                "bnb-int8",
                "ct-int8-w8a8-asym",
                "ct-pack-int4-group-asym",
                "fp8-block-32-bf16",
                "fp8-ct-tensor-static",
                "mxfp8-hf",
                "awq-gemm",
                "gptq-v1-3bit",
                "gptq-v1-4bit-actorder",
                "gptq-v1-4bit-sym",
                "gptq-v2-4bit-asym"
            })
    void noUpdate(String layout) throws IOException {
        Place place = place(layout);
        adapter(open(layout).tensors().get(Q).shape(), 0);
        done(merged(place, layout));
        Map<String, TensorEntry> after = open("out").stored();
        for (Map.Entry<String, TensorEntry> entry : open(layout).stored().entrySet()) {
            assertArrayEquals(bytes(entry.getValue()), bytes(after.get(entry.getKey())), entry.getKey());
        }
    }

    /** What is said of the update and of what is lost, as {@code check_requantized.py} of the reference computes it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct-int8-w8a8 | update 0.00100, step 0.00290 (root mean squares), error 0.0113 (39.0 dB)",
                "ct-pack-int4-group-asym | update 0.00100, step 0.0235 (root mean squares), error 0.0154 (36.3 dB)",
                "ct-pack-int4-group-sym | update 0.00100, step 0.0399 (root mean squares), error 0.0152 (36.4 dB)",
                "fp8-block-32-bf16 | update 0.00100, step 0.00530 (root mean squares), error 0.0116 (38.7 dB)",
                "fp8-ct-channel-bf16 | update 0.00100, step 0.00576 (root mean squares), error 0.0103 (39.7 dB)",
                "mxfp8-hf | update 0.00100, step 0.00611 (root mean squares), error 0.00999 (40.0 dB)"
            })
    void whatIsSaidOfIt(String layout, String said) throws IOException {
        Place place = place(layout);
        adapter(open(layout).tensors().get(Q).shape(), 0.002);
        Outcome run = merged(place, layout);
        done(run);
        assertEquals(
                said,
                run.out()
                        .lines()
                        .filter(line -> line.contains(Q) && line.contains("update"))
                        .map(line -> line.substring(line.indexOf("update")))
                        .findFirst()
                        .orElseThrow());
    }

    /** More than is allowed is lost: nothing is written. */
    @ParameterizedTest
    @CsvSource({
        "bnb-nf4, nf4 in blocks of 64",
        "ct-pack-int4-group-sym, int4 in groups of 32",
        "fp8-block-32-bf16, fp8 in blocks of 32 x 32",
        "gptq-v1-4bit-sym, int4 in groups of 32",
        "ct-int8-w8a8, int8 by rows"
    })
    void moreThanIsAllowed(String layout, String words) throws IOException {
        Place place = place(layout);
        adapter(open(layout).tensors().get(Q).shape(), 1);
        place.config(layout, "{ type = lora-merge, adapter-path = adapter, requantize = true, max-error = 0.001 }");
        Outcome run = place.graft("apply", "-c", "DIR/x.conf");
        assertEquals(ExitCode.FAILED, run.code(), run.err());
        assertTrue(
                Pattern.compile("error\\[precision-lost\\]\\s+= `" + Q + "`: as " + Pattern.quote(words)
                                + ", values are off by [\\d.e-]+ of their norm, and no more than 0.001 is allowed")
                        .matcher(run.err())
                        .find(),
                run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void anErrorIsOfCodes() throws IOException {
        Place place = place("bnb-nf4");
        adapter(open("bnb-nf4").tensors().get(Q).shape(), 1);
        place.config("bnb-nf4", "{ type = lora-merge, adapter-path = adapter, max-error = 0.001 }");
        Outcome run = place.graft("apply", "-c", "DIR/x.conf");
        assertTrue(run.err().contains("max-error is of codes, and without requantize there are none"), run.err());
    }

    /** An adapter and its negative leave the values within a step of what they were. */
    @ParameterizedTest
    @CsvSource({
        "ct-int8-w8a8, 0.02",
        "ct-pack-int4-group-asym, 0.2",
        "fp8-block-32-bf16, 0.05",
        "fp8-modelopt, 0.05",
        "mxfp8-hf, 0.05",
        "bnb-nf4, 0.15"
    })
    void thereAndBack(String layout, double most) throws IOException {
        Place place = place(layout);
        TensorEntry before = open(layout).tensors().get(Q);
        double[] was = values(before);
        adapter(before.shape(), 2 * Math.sqrt(norm(was) / was.length));
        done(merged(place, layout));
        Path there = Files.move(folder.resolve("out"), folder.resolve("there"));
        place.config("there", "{ type = lora-merge, adapter-path = adapter, requantize = true, weight = -1 }");
        done(place.graft("apply", "-c", "DIR/x.conf"));
        double[] is = values(open("out").tensors().get(Q));
        double apart = 0;
        for (int i = 0; i < was.length; i++) {
            apart += (is[i] - was[i]) * (is[i] - was[i]);
        }
        double usual =
                norm(values(open(there.getFileName().toString()).tensors().get(Q)));
        assertTrue(Math.sqrt(apart / usual) < most, "apart " + Math.sqrt(apart / usual));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct-pack-int3-dense | 3-bit integers, groups of 32, and Graft makes integers of 4 and 8 bits",
                "hqq-4bit | HQQ, 4 bits, groups of 64, in which Graft puts no other values"
            })
    void whatIsNotMadeAnew(String layout, String words) throws IOException {
        Place place = place(layout);
        adapter(open(layout).tensors().get(Q).shape(), 1);
        Outcome run = merged(place, layout);
        assertNotEquals(ExitCode.DONE, run.code());
        assertTrue(run.err().contains("`" + Q + "` is stored as " + words), run.err());
        assertTrue(
                run.err()
                        .contains(
                                "leave requantize out: the weights that the adapter changes become plain numbers then"),
                run.err());
    }

    /** One problem for all weights of one reason, whose cure is one. */
    @Test
    void allThatAreNotMadeAnewAreNamedAtOnce() throws IOException {
        Place place = place("hqq-4bit");
        List<OutputTensor> factors = new ArrayList<>();
        for (String module : List.of("self_attn.q_proj", "self_attn.o_proj")) {
            String name = "model.layers.0." + module;
            Shape shape = open("hqq-4bit").tensors().get(name + ".weight").shape();
            factors.add(
                    tensor("base_model.model." + name + ".lora_A.weight", Shape.of(1, shape.dimension(1)), Math::sin));
            factors.add(
                    tensor("base_model.model." + name + ".lora_B.weight", Shape.of(shape.dimension(0), 1), Math::cos));
        }
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        new SafetensorsWriter(adapter, "adapter_model", SafetensorsWriter.UNLIMITED, Map.of()).write(factors);
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1,"
                        + " \"target_modules\": [\"q_proj\", \"o_proj\"]}");
        Outcome run = merged(place, "hqq-4bit");
        assertNotEquals(ExitCode.DONE, run.code());
        List<String> told =
                run.err().lines().filter(line -> line.contains("is stored as")).toList();
        assertEquals(1, told.size(), run.err());
        assertTrue(
                told.get(0)
                        .endsWith("`model.layers.0.self_attn.o_proj.weight` is stored as HQQ, 4 bits, groups of 64, in"
                                + " which Graft puts no other values; the same holds for `" + Q
                                + "`; leave requantize out: the weights that the adapter changes become plain numbers"
                                + " then"),
                run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    private static final Path GGUF = Path.of("..", "core", "src", "test", "resources", "fixtures", "quantized");

    private static final String BLOCKS = "blk.0.attn_q.weight";

    private Outcome mergedGguf(String type, double height, String options) throws IOException {
        Place place = new Place(folder);
        Files.copy(GGUF.resolve("gguf-" + type).resolve("model.gguf"), folder.resolve("model.gguf"));
        adapter(BLOCKS, "attn_q", open("model.gguf").tensors().get(BLOCKS).shape(), height);
        place.file("x.conf", """
                graft {
                  model.checkpoint = model.gguf
                  modifiers = [ { type = lora-merge, adapter-path = adapter, requantize = true%s } ]
                  output { path = out, format = gguf }
                }
                """.formatted(options));
        return place.graft("apply", "-c", "DIR/x.conf");
    }

    private byte[] file(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    /** Of an adapter that changes nothing, the whole file is the one that was there: its metadata as well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs"
            })
    void aGgufFileStaysOne(String type) throws IOException {
        assertEquals("", done(mergedGguf(type, 0, "")).err());
        assertArrayEquals(file("model.gguf"), file("out/model.gguf"));
    }

    /** Every byte stays but those of the blocks that the adapter changes, which are llama.cpp's own for new scales. */
    @ParameterizedTest
    @CsvSource({
        "q8_0, 0.1, 0.01",
        "q4_0, 0.1, 0.2",
        "q4_k, 0.1, 0.2",
        "q8_0, 300, 0.01",
        "q4_0, 3000, 0.15",
        "q4_k, 3000, 0.15",
        "q4_1, 3000, 0.15",
        "q5_0, 3000, 0.05",
        "q5_1, 3000, 0.05",
        "q2_k, 3000, 0.4",
        "q3_k, 3000, 0.2",
        "q5_k, 3000, 0.05",
        "q6_k, 0.1, 0.2",
        "q6_k, 3000, 0.03",
        "iq4_nl, 3000, 0.15",
        "iq4_xs, 3000, 0.15"
    })
    void blocksOfGguf(String type, double height, double most) throws IOException {
        done(mergedGguf(type, height, ""));
        TensorEntry before = open("model.gguf").tensors().get(BLOCKS);
        TensorEntry after = open("out/model.gguf").tensors().get(BLOCKS);
        double[] was = values(before);
        double[] is = values(after);
        int columns = (int) before.shape().dimension(1);
        double lost = 0;
        double norm = 0;
        for (int i = 0; i < was.length; i++) {
            int row = i / columns;
            double wanted = was[i] + Math.cos(row) * Math.sin(i % columns) * height;
            lost += (is[i] - wanted) * (is[i] - wanted);
            norm += wanted * wanted;
        }
        assertTrue(Math.sqrt(lost / norm) < most, "lost " + Math.sqrt(lost / norm));
        byte[] expected = file("model.gguf");
        byte[] found = file("out/model.gguf");
        long from = before.encoding().orElseThrow().stored().get(0).range().offset();
        long to = from + before.encoding().orElseThrow().stored().get(0).range().length();
        assertEquals(expected.length, found.length);
        for (int i = 0; i < found.length; i++) {
            if (i < from || i >= to) {
                assertEquals(expected[i], found[i], "byte " + i);
            }
        }
    }

    /** As Q4_K_M has them: every weight stays in blocks of its type. */
    @Test
    void blocksOfSeveralTypesInOneFile() throws IOException {
        Path several =
                Path.of("..", "core", "src", "test", "resources", "io", "graft", "checkpoint", "gguf", "packed.gguf");
        Place place = new Place(folder);
        Files.copy(several, folder.resolve("model.gguf"));
        List<String> modules = List.of("q4_k", "q5_k", "q6_k", "q8_0");
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        List<OutputTensor> factors = new ArrayList<>();
        for (String module : modules) {
            String name = "base_model.model." + module;
            factors.add(tensor(name + ".lora_A.weight", Shape.of(1, 512), Math::sin));
            factors.add(tensor(name + ".lora_B.weight", Shape.of(16, 1), Math::cos));
        }
        new SafetensorsWriter(adapter, "adapter_model", SafetensorsWriter.UNLIMITED, Map.of()).write(factors);
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"q4_k\", \"q5_k\","
                        + " \"q6_k\", \"q8_0\"]}");
        place.file("x.conf", """
                graft {
                  model.checkpoint = model.gguf
                  modifiers = [ { type = lora-merge, adapter-path = adapter, requantize = true } ]
                  output { path = out, format = gguf }
                }
                """);
        done(place.graft("apply", "-c", "DIR/x.conf"));
        Checkpoint before = open("model.gguf");
        Checkpoint after = open("out/model.gguf");
        assertEquals(before.metadata(), after.metadata());
        for (String name : before.tensors().keySet()) {
            TensorEntry was = before.tensors().get(name);
            TensorEntry is = after.tensors().get(name);
            assertEquals(
                    was.encoding().map(each -> each.scheme()), is.encoding().map(each -> each.scheme()), name);
            boolean isChanged = modules.contains(name.replace(".weight", ""));
            assertEquals(isChanged, !Arrays.equals(values(was), values(is)), name);
        }
    }

    /** What no block holds is an error with its place, and nothing is written. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "q6_k | 1e12 | in a block of values too large for scales of 16 bits, which Q6_K of GGUF has",
                "q3_k | 1e12 | in a block of values too large for scales of 16 bits, which Q3_K of GGUF has",
                "q5_k | 1e12 | in a block of values too large for scales of 16 bits, which Q5_K of GGUF has",
                "q5_1 | 1e12 | in a block of values too large for scales of 16 bits, which Q5_1 of GGUF has",
                "iq4_xs | 1e12 | in a block of values too large for scales of 16 bits, which IQ4_XS of GGUF has"
            })
    void anUpdateThatBlocksDoNotHold(String type, double height, String why) throws IOException {
        Outcome run = mergedGguf(type, height, "");
        assertEquals(ExitCode.MISFIT, run.code(), run.err());
        assertTrue(
                Pattern.compile("`" + Pattern.quote(BLOCKS) + "` holds [-\\d.E]+ at \\[0, 0], " + why)
                        .matcher(run.err())
                        .find(),
                run.err());
        assertTrue(
                run.err()
                        .contains(
                                "; leave out the module (exclude-modules), or requantize where an adapter is merged; or take"
                                        + " a model without such values; the model and the output are as they were"),
                run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void anUpdateThatIsNoNumber(double height) throws IOException {
        Outcome run = mergedGguf("q6_k", height, "");
        assertEquals(ExitCode.CHECKPOINT, run.code(), run.err());
        assertTrue(
                run.err()
                        .contains(
                                "`base_model.model.blk.0.attn_q.lora_A.weight` holds NaN, which would spoil the model"),
                run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void moreOfGgufThanIsAllowed() throws IOException {
        Outcome run = mergedGguf("q4_0", 3000, ", max-error = 0.001");
        assertEquals(ExitCode.FAILED, run.code());
        assertTrue(run.err().contains("as Q4_0 of GGUF, values are off by"), run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void blocksThatAreNotMade() throws IOException {
        Outcome run = mergedGguf("tq2_0", 1, "");
        assertNotEquals(ExitCode.DONE, run.code());
        assertTrue(
                run.err()
                        .contains("is stored as TQ2_0, and Graft packs blocks of Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K,"
                                + " Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS"),
                run.err());
    }
}
