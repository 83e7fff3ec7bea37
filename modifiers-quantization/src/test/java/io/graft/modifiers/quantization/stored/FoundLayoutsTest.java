package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.parametrization.Loss;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other values in weights that others quantized, of every layout in which they can be put. */
class FoundLayoutsTest {
    private static final FoundMaker MAKER = new FoundMaker();

    private static List<Encoding> weights(String fixture) throws Exception {
        Checkpoint checkpoint = Checkpoint.open(Path.of(FoundLayoutsTest.class
                .getResource("/fixtures/quantized/" + fixture)
                .toURI()));
        List<Encoding> weights = new ArrayList<>();
        for (TensorEntry entry : checkpoint.tensors().values()) {
            entry.encoding().ifPresent(weights::add);
        }
        assertFalse(weights.isEmpty());
        return weights;
    }

    private static Map<String, LazyTensor> parts(Encoding weight) {
        return weight.tensors(entry -> StoredTensor.of(entry, "model"));
    }

    private static LazyTensor held(Encoding weight) {
        return weight.value(entry -> StoredTensor.of(entry, "model"));
    }

    private static LazyTensor values(Shape shape, float... values) {
        return LazyTensors.generate("values", DType.F32, shape, place -> values[(int) place]);
    }

    private static Parametrization put(Encoding weight, float... values) {
        assertTrue(MAKER.makes(weight.set()));
        LazyTensor tensor = values(weight.set().shape(), values);
        return MAKER.storage(weight.set(), parts(weight), tensor, Double.POSITIVE_INFINITY);
    }

    private static Map<String, LazyTensor> stored(Parametrization storage) {
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        storage.owned().forEach((OwnedTensor owned) -> stored.put(owned.slot(), owned.initial()));
        return stored;
    }

    private static byte[] bytes(LazyTensor tensor) throws IOException {
        ByteBuffer window = tensor.materialize().window(0, (int) tensor.dtype().byteCount(tensor.shape()));
        byte[] bytes = new byte[window.remaining()];
        window.get(bytes);
        return bytes;
    }

    private static float[] restored(Encoding weight, Parametrization storage) throws IOException {
        Expression.Below below =
                new Expression.Below(weight.set().shape(), weight.set().dtype());
        return LazyTensors.floats(
                ExpressionTensors.evaluate(storage.form(below).value(), "restored", Optional.empty(), stored(storage)));
    }

    private static double norm(float... values) {
        double norm = 0;
        for (float value : values) {
            norm += (double) value * value;
        }
        return Math.sqrt(norm);
    }

    private static float[] plus(float[] values, double height) {
        float[] sum = new float[values.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = values[i] + (float) (Math.sin(i * 1.3) * height);
        }
        return sum;
    }

    private static double distance(float[] from, float... to) {
        float[] difference = new float[from.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = from[i] - to[i];
        }
        return norm(difference);
    }

    private static void assertStored(Encoding weight, Parametrization storage, String... except) throws IOException {
        Map<String, LazyTensor> before = parts(weight);
        Map<String, LazyTensor> after = stored(storage);
        assertEquals(before.keySet(), after.keySet());
        for (String slot : before.keySet()) {
            if (!List.of(except).contains(slot)) {
                assertArrayEquals(bytes(before.get(slot)), bytes(after.get(slot)), slot);
            }
        }
    }

    /** The same values leave every stored tensor as it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "awq-gemm",
                "gptq-v1-2bit",
                "gptq-v1-3bit",
                "gptq-v1-4bit-actorder",
                "gptq-v1-4bit-asym",
                "gptq-v1-4bit-sym",
                "gptq-v1-8bit-channel",
                "gptq-v2-4bit-asym",
                "bnb-fp4",
                "bnb-fp4-dq",
                "bnb-int8",
                "bnb-nf4-dq-b128-f16",
                "ct-int8-w8a8",
                "ct-int8-w8a8-asym",
                "ct-naive-int8",
                "ct-pack-int4-actorder",
                "ct-pack-int4-channel-f16",
                "ct-pack-int4-group-asym",
                "ct-pack-int4-group-sym",
                "ct-pack-int8-channel",
                "ct-pack-int8-group-asym",
                "fp8-comfy-quant",
                "fp8-scale-weight-old",
                "torchao-int8",
                "fp8-block-128-f32",
                "fp8-block-32-bf16",
                "fp8-block-32-e5m2",
                "fp8-block-32-ue8m0",
                "fp8-e5m2-row",
                "fp8-e5m2-tensor",
                "fp8-ct-block-bf16",
                "fp8-ct-channel-bf16",
                "fp8-ct-naive-channel",
                "fp8-ct-tensor-static",
                "fp8-fbgemm-row",
                "fp8-modelopt",
                "mxfp8-ct",
                "mxfp8-hf",
                "ct-mxfp4",
                "fp4-dsv4-experts",
                "ct-nvfp4",
                "nvfp4-modelopt",
                "mxfp4-gptoss",
                "mlx-affine-4bit"
            })
    void sameValues(String fixture) throws Exception {
        for (Encoding weight : weights(fixture)) {
            Parametrization storage = put(weight, LazyTensors.floats(held(weight)));
            assertStored(weight, storage);
            Loss loss = storage.loss().orElseThrow();
            assertEquals(0, loss.measured().orElseThrow());
            assertEquals(0, loss.update().orElseThrow().size());
            assertFalse(loss.update().orElseThrow().isBelowStep());
        }
    }

    /** Of less than a step everywhere: scales stay, to the byte, and what the codes stand for is the nearest that they can. */
    @ParameterizedTest
    @CsvSource({
        "ct-int8-w8a8, weight, 0.005",
        "ct-int8-w8a8-asym, weight, 0.005",
        "ct-naive-int8, weight, 0.005",
        "ct-pack-int4-actorder, weight_packed, 0.06",
        "ct-pack-int4-channel-f16, weight_packed, 0.06",
        "ct-pack-int4-group-asym, weight_packed, 0.06",
        "ct-pack-int4-group-sym, weight_packed, 0.06",
        "ct-pack-int8-channel, weight_packed, 0.005",
        "ct-pack-int8-group-asym, weight_packed, 0.005",
        "fp8-comfy-quant, weight, 0.03",
        "fp8-scale-weight-old, weight, 0.03",
        "torchao-int8, _weight_qdata, 0.005",
        "fp8-block-128-f32, weight, 0.03",
        "fp8-block-32-bf16, weight, 0.03",
        "fp8-block-32-e5m2, weight, 0.06",
        "fp8-e5m2-row, weight, 0.06",
        "fp8-e5m2-tensor, weight, 0.06",
        "fp8-block-32-ue8m0, weight, 0.03",
        "fp8-ct-block-bf16, weight, 0.03",
        "fp8-ct-channel-bf16, weight, 0.03",
        "fp8-ct-naive-channel, weight, 0.03",
        "fp8-ct-tensor-static, weight, 0.03",
        "fp8-fbgemm-row, weight, 0.03",
        "fp8-modelopt, weight, 0.03",
        "mxfp8-ct, weight, 0.03",
        "mxfp8-hf, weight, 0.03",
        "awq-gemm, qweight, 0.06",
        "gptq-v1-2bit, qweight, 0.2",
        "gptq-v1-3bit, qweight, 0.1",
        "gptq-v1-4bit-actorder, qweight, 0.06",
        "gptq-v1-4bit-asym, qweight, 0.06",
        "gptq-v1-4bit-sym, qweight, 0.06",
        "gptq-v1-8bit-channel, qweight, 0.005",
        "gptq-v2-4bit-asym, qweight, 0.06",
        "ct-mxfp4, weight_packed, 0.2",
        "fp4-dsv4-experts, weight, 0.2",
        "ct-nvfp4, weight_packed, 0.2",
        "nvfp4-modelopt, weight, 0.2",
        "mlx-affine-4bit, weight, 0.06"
    })
    void aSmallUpdate(String fixture, String codes, double part) throws Exception {
        for (Encoding weight : weights(fixture)) {
            float[] before = LazyTensors.floats(held(weight));
            float[] wanted = before.clone();
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] += (float) (part * Math.sin(i) * before[i]);
            }
            Parametrization storage = put(weight, wanted);
            assertStored(weight, storage, codes);
            float[] after = restored(weight, storage);
            // What codes stand for is rounded to 16 bits.
            assertTrue(distance(wanted, after) < 1.2 * distance(wanted, before), fixture);
            Loss.Update update = storage.loss().orElseThrow().update().orElseThrow();
            assertTrue(update.isBelowStep());
            assertEquals(distance(wanted, before) / Math.sqrt(after.length), update.size(), update.size() * 1e-4);
        }
    }

    /** A row that is another one: what shares no scale with it stays as it is. */
    @ParameterizedTest
    @CsvSource({
        "torchao-int8, 1",
        "ct-int8-w8a8, 1",
        "ct-int8-w8a8-asym, 1",
        "ct-pack-int4-actorder, 1",
        "ct-pack-int4-channel-f16, 1",
        "ct-pack-int4-group-asym, 1",
        "ct-pack-int4-group-sym, 1",
        "ct-pack-int8-channel, 1",
        "ct-pack-int8-group-asym, 1",
        "fp8-block-32-bf16, 32",
        "fp8-block-32-e5m2, 32",
        "fp8-e5m2-row, 1",
        "fp8-ct-channel-bf16, 1",
        "fp8-fbgemm-row, 1",
        "mxfp8-ct, 1",
        "ct-mxfp4, 1",
        "mlx-affine-4bit, 1"
    })
    void oneOtherRow(String fixture, int band) throws Exception {
        for (Encoding weight : weights(fixture)) {
            float[] before = LazyTensors.floats(held(weight));
            int columns = (int) weight.set().shape().dimension(1);
            float[] wanted = before.clone();
            for (int i = 0; i < columns; i++) {
                wanted[i] = 1 - 3 * before[i];
            }
            float[] after = restored(weight, put(weight, wanted));
            for (int i = band * columns; i < after.length; i++) {
                assertEquals(before[i], after[i], fixture + " at " + i);
            }
            for (int i = 0; i < columns; i++) {
                assertEquals(wanted[i], after[i], 0.4, fixture + " at " + i);
            }
        }
    }

    /** There and back again within a step of where it was, whether scales stay or not. */
    @ParameterizedTest
    @CsvSource({
        "ct-int8-w8a8, 0.02, 0.03",
        "ct-int8-w8a8-asym, 0.02, 0.03",
        "ct-naive-int8, 0.02, 0.04",
        "ct-pack-int4-actorder, 0.2, 0.35",
        "ct-pack-int4-channel-f16, 0.2, 0.35",
        "ct-pack-int4-group-asym, 0.2, 0.35",
        "ct-pack-int4-group-sym, 0.2, 0.35",
        "ct-pack-int8-channel, 0.03, 0.04",
        "ct-pack-int8-group-asym, 0.02, 0.03",
        "fp8-comfy-quant, 0.04, 0.06",
        "fp8-scale-weight-old, 0.04, 0.06",
        "torchao-int8, 0.02, 0.03",
        "fp8-block-128-f32, 0.04, 0.06",
        "fp8-block-32-bf16, 0.04, 0.06",
        "fp8-block-32-e5m2, 0.08, 0.12",
        "fp8-e5m2-row, 0.08, 0.12",
        "fp8-e5m2-tensor, 0.08, 0.12",
        "fp8-block-32-ue8m0, 0.04, 0.06",
        "fp8-ct-block-bf16, 0.04, 0.06",
        "fp8-ct-channel-bf16, 0.04, 0.06",
        "fp8-ct-naive-channel, 0.04, 0.06",
        "fp8-ct-tensor-static, 0.04, 0.06",
        "fp8-fbgemm-row, 0.04, 0.06",
        "fp8-modelopt, 0.04, 0.06",
        "mxfp8-ct, 0.04, 0.06",
        "mxfp8-hf, 0.04, 0.06",
        "ct-mxfp4, 0.2, 0.35",
        "fp4-dsv4-experts, 0.2, 0.35",
        "mxfp4-gptoss, 0.2, 0.35",
        "mlx-affine-4bit, 0.2, 0.35",
        "awq-gemm, 0.2, 0.35",
        "gptq-v1-2bit, 0.7, 0.9",
        "gptq-v1-3bit, 0.35, 0.5",
        "gptq-v1-4bit-actorder, 0.2, 0.35",
        "gptq-v1-4bit-asym, 0.2, 0.35",
        "gptq-v1-4bit-sym, 0.2, 0.35",
        "gptq-v1-8bit-channel, 0.03, 0.04",
        "gptq-v2-4bit-asym, 0.2, 0.35"
    })
    void thereAndBack(String fixture, double once, double twice) throws Exception {
        for (Encoding weight : weights(fixture)) {
            float[] before = LazyTensors.floats(held(weight));
            double usual = norm(before) / Math.sqrt(before.length);
            for (double height : new double[] {usual / 20, usual * 3}) {
                float[] wanted = plus(before, height);
                Parametrization storage = put(weight, wanted);
                float[] after = restored(weight, storage);
                Loss loss = storage.loss().orElseThrow();
                assertEquals(
                        distance(wanted, after) / norm(wanted), loss.measured().orElseThrow(), 1e-4);
                double most = once * Math.max(norm(wanted), norm(before));
                assertTrue(distance(wanted, after) < most, fixture + ": " + distance(wanted, after) / most * once);
                Parametrization back = storage.requantized(
                        values(weight.set().shape(), plus(after, -height)), java.util.OptionalDouble.empty());
                double apart = distance(before, restored(weight, back));
                assertTrue(apart < twice * norm(wanted), fixture + ": " + apart / norm(wanted));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct-pack-int3-dense | is stored as 3-bit integers, groups of 32, and Graft makes integers of 4 and 8 bits",
                "comfy-nvfp4 | is stored as NVFP4 of ComfyUI, groups of 16, and Graft makes 8-bit floating-point numbers of matrices with one scale",
                "comfy-int8 | is stored as int8 of ComfyUI, one scale a row, and Graft makes 8-bit floating-point numbers of matrices with one scale",
                "bnb-nf4-storage-bf16 | is stored as bitsandbytes nf4, and its codes lie there as BF16, in which Graft puts none"
            })
    void whatIsNotMade(String fixture, String message) throws Exception {
        Encoding weight = weights(fixture).get(0);
        float[] values = LazyTensors.floats(held(weight));
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> put(weight, values))
                        .getMessage());
    }

    /** Values that no code stands for, each where it is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct-mxfp4 | NaN | holds NaN at [0, 1], and finite numbers alone can be quantized",
                "ct-nvfp4 | NaN | holds NaN at [0, 1], and finite numbers alone can be quantized",
                "ct-mxfp4 | Infinity | holds Infinity at [0, 1], and finite numbers alone can be quantized",
                "mlx-affine-4bit | NaN | holds NaN at [0, 1], and finite numbers alone can be quantized",
                "gptq-v1-4bit-sym | -Infinity | holds -Infinity at [1, 0], and finite numbers alone can be quantized",
                "fp8-block-32-bf16 | NaN | holds NaN at [0, 1], and finite numbers alone can be quantized"
            })
    void whatIsNoNumber(String fixture, float value, String message) throws Exception {
        Encoding weight = weights(fixture).get(0);
        float[] values = LazyTensors.floats(held(weight));
        values[1] = value;
        Parametrization storage = put(weight, values);
        LazyTensor codes = stored(storage).values().iterator().next();
        IOException refusal = assertThrows(IOException.class, () -> bytes(codes));
        assertEquals("`" + weight.set().name() + "` " + message, refusal.getMessage());
    }

    /** Scales of groups end where the one of the weight has them end. */
    @ParameterizedTest
    @ValueSource(strings = {"ct-nvfp4", "nvfp4-modelopt"})
    void valuesBeyondTheScaleOfTheWeight(String fixture) throws Exception {
        Encoding weight = weights(fixture).get(0);
        float[] values = LazyTensors.floats(held(weight));
        values[0] = 1e6f;
        Parametrization storage = put(weight, values);
        LazyTensor codes = stored(storage).values().iterator().next();
        IOException refusal = assertThrows(IOException.class, () -> bytes(codes));
        assertEquals(
                "`" + weight.set().name() + "` holds 1000000.0 at [0, 0], in a group of values too large for scales of"
                        + " F8_E4M3 under the one of the weight",
                refusal.getMessage());
    }

    /** New scales of groups under the scale of the weight: what is lost is what 4 bits lose. */
    @ParameterizedTest
    @ValueSource(strings = {"ct-nvfp4", "nvfp4-modelopt"})
    void otherScalesOfGroups(String fixture) throws Exception {
        for (Encoding weight : weights(fixture)) {
            float[] before = LazyTensors.floats(held(weight));
            float largest = 0;
            for (float value : before) {
                largest = Math.max(largest, Math.abs(value));
            }
            float[] wanted = new float[before.length];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = (float) (Math.sin(i * 1.3) * largest / (1 + i / 16 % 4));
            }
            float[] after = restored(weight, put(weight, wanted));
            assertTrue(distance(wanted, after) < 0.15 * norm(wanted), fixture);
        }
    }

    /** Experts in one tensor, block by block of each. */
    @Test
    void expertsOfFp8(@TempDir Path folder) throws Exception {
        byte[] numbers = new byte[2 * 4 * 8];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) (i % 100 + (i % 3 == 0 ? 0x80 : 0));
        }
        ByteBuffer scales = ByteBuffer.allocate(2 * 2 * 2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; scales.hasRemaining(); i++) {
            scales.putFloat(0.5f + i);
        }
        new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        new OutputTensor(
                                "experts.weight",
                                DType.F8_E4M3,
                                Shape.of(2, 4, 8),
                                () -> TensorData.of(ByteBuffer.wrap(numbers))),
                        new OutputTensor(
                                "experts.weight_scale_inv",
                                DType.F32,
                                Shape.of(2, 2, 2),
                                () -> TensorData.of(scales.duplicate().flip()))));
        Files.writeString(
                folder.resolve("config.json"),
                "{\"dtype\": \"float32\", \"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [2, 4]}}");
        Encoding weight = Checkpoint.open(folder)
                .tensors()
                .get("experts.weight")
                .encoding()
                .orElseThrow();
        float[] before = LazyTensors.floats(held(weight));
        assertStored(weight, put(weight, before));
        float[] wanted = before.clone();
        // A block of the second expert, which is 1000 times as large.
        for (int row = 0; row < 2; row++) {
            for (int column = 4; column < 8; column++) {
                wanted[32 + 8 * row + column] *= 1000;
            }
        }
        float[] after = restored(weight, put(weight, wanted));
        for (int i = 0; i < after.length; i++) {
            boolean isOfBand = i >= 32 && i < 48;
            assertEquals(wanted[i], after[i], isOfBand ? Math.abs(wanted[i]) / 10 + 1 : 0, "at " + i);
        }
    }

    /** Bytes of a stored tensor that somebody looks at. */
    private record Counted(String slot, TensorData data, Map<String, Long> looks) implements TensorData {
        @Override
        public long byteCount() {
            return data.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            looks.merge(slot, (long) length, Long::sum);
            return data.window(offset, length);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            looks.merge(slot, data.byteCount(), Long::sum);
            data.transferTo(target);
        }
    }

    /** What a plan looks at to know whether and how other values can be put: nothing, where headers and the layout tell, and else what is small. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gptq-v1-4bit-asym | {}",
                "gptq-v2-4bit-asym | {}",
                "gptq-v1-4bit-sym | {}",
                "gptq-v1-4bit-actorder | {g_idx=256}",
                "awq-gemm | {qzeros=32}",
                "ct-pack-int4-group-sym | {}",
                "ct-pack-int4-group-asym | {weight_zero_point=32}",
                "fp8-block-32-bf16 | {}",
                "bnb-nf4 | {weight.quant_state.bitsandbytes__nf4=78}",
                "nvfp4-modelopt | {weight_scale_2=4}",
                "mlx-affine-4bit | {}"
            })
    void whatIsLookedAtForAPlan(String fixture, String looked) throws Exception {
        Map<String, Long> looks = new TreeMap<>();
        Encoding weight = weights(fixture).stream()
                .filter(each -> each.set().name().endsWith("q_proj.weight"))
                .findFirst()
                .orElseThrow();
        TensorSet set = weight.set();
        List<Part> parts = set.parts().stream()
                .map(part -> new Part(
                        part.name(), part.dtype(), part.shape(), new Counted(set.slot(part), part.data(), looks)))
                .toList();
        TensorSet watched = new TensorSet(
                set.layout(),
                set.scheme(),
                set.name(),
                set.dtype(),
                set.shape(),
                parts,
                set.value(),
                set.codes(),
                set.settings(),
                set.refusal());
        LazyTensor values = LazyTensors.generate("values", DType.F32, set.shape(), place -> {
            throw new AssertionError("a value is computed");
        });
        MAKER.storage(watched, parts(weight), values, Double.POSITIVE_INFINITY);
        assertEquals(looked, looks.toString());
    }

    @Test
    void otherLayoutsAreNotMade() throws Exception {
        assertFalse(MAKER.makes(weights("hqq-4bit").get(0).set()));
    }
}
