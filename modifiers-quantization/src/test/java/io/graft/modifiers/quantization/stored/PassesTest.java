package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How often a weight is read for what is stored of it. */
class PassesTest {
    private static final Shape SHAPE = Shape.of(3 * 256, 64);

    /** Values that are computed at once. */
    private static final int PIECE = 1 << 13;

    @TempDir
    Path folder;

    /** Those in 8 bits are known when all others are, and before codes. */
    @ParameterizedTest
    @CsvSource({"INT8, false, SCB, 1", "NF4, false, weight.absmax, 1", "NF4, true, weight.absmax, 2"})
    void scalesComeWithCodes(QuantizationScheme scheme, boolean isDouble, String scales, int passes)
            throws IOException {
        AtomicLong read = new AtomicLong();
        Quantized quantized = quantized(scheme, isDouble, read);
        quantized.bytes("weight");
        byte[] after = quantized.bytes(scales);
        assertEquals(passes * SHAPE.elementCount(), read.get());
        assertArrayEquals(quantized(scheme, isDouble, new AtomicLong()).bytes(scales), after);
    }

    /** Codes of which some are read are no whole pass. */
    @Test
    void scalesOfOtherValuesAreFoundLater() throws IOException {
        AtomicLong read = new AtomicLong();
        Quantized quantized = quantized(QuantizationScheme.INT8, false, read);
        quantized.stored().get("weight").materialize().window(0, 1);
        assertEquals(PIECE, read.get());
        byte[] scales = quantized.bytes("SCB");
        assertEquals(SHAPE.elementCount(), read.get());
        assertArrayEquals(
                quantized(QuantizationScheme.INT8, false, new AtomicLong()).bytes("SCB"), scales);
    }

    /** Whether or not a digest wants the file's order, in which all scales come first. */
    @ParameterizedTest
    @EnumSource(names = {"INT8", "NF4"})
    void theFileIsTheSameInAnyOrder(QuantizationScheme scheme) throws IOException {
        assertArrayEquals(Files.readAllBytes(write(scheme, true)), Files.readAllBytes(write(scheme, false)));
    }

    private static Quantized quantized(QuantizationScheme scheme, boolean isDouble, AtomicLong read) {
        return Quantized.of(
                new BitsAndBytes(),
                new Counted(read),
                new WeightSettings(
                        scheme,
                        Optional.empty(),
                        isDouble,
                        true,
                        Optional.empty(),
                        Form.ScaledCodes.Kernel.FASTEST,
                        1));
    }

    private Path write(QuantizationScheme scheme, boolean hasDigest) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (String module : List.of("a", "b")) {
            Quantized quantized = quantized(scheme, false, new AtomicLong());
            quantized
                    .stored()
                    .forEach((slot, tensor) -> tensors.add(
                            OutputTensor.of(module + "." + slot, tensor, tensor::materialize, Optional.empty())));
        }
        WriteOptions options = new WriteOptions(hasDigest, false, Part.WHOLE);
        Path into = Files.createDirectory(folder.resolve(hasDigest ? "digest" : "none"));
        return new SafetensorsWriter(into, "model", SafetensorsWriter.UNLIMITED, Map.of(), options)
                .write(tensors)
                .get(0)
                .path();
    }

    /** @param read counts the elements that anybody asked for */
    private record Counted(AtomicLong read) implements ComputedTensor {
        private static final LazyTensor VALUES =
                LazyTensors.generate("values", DType.F32, SHAPE, place -> Math.sin(place * 0.37) * (place % 7));

        @Override
        public String operation() {
            return "counted";
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return SHAPE;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of(VALUES);
        }

        @Override
        public TensorData materialize() throws IOException {
            TensorData values = VALUES.materialize();
            return TensorData.computed(true, DType.F32, SHAPE.elementCount(), (first, count, room) -> {
                read.addAndGet(count);
                return values.elements(DType.F32, first, count, room);
            });
        }
    }
}
