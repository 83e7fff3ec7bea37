package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
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
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often a weight is read for what is stored of it. */
class PassesTest {
    private static final Shape SHAPE = Shape.of(3 * 256, 64);

    /** Of so many blocks of a file that those which are computed at one time are few of them. */
    private static final Shape LARGE = Shape.of(4096, 1024);

    /** Values that are computed at once. */
    private static final int PIECE = 1 << 13;

    @TempDir
    Path folder;

    /** Those in 8 bits, too, though they are known only when all others are. */
    @ParameterizedTest
    @CsvSource({"INT8, false, SCB", "NF4, false, weight.absmax", "NF4, true, weight.absmax"})
    void scalesComeWithCodes(QuantizationScheme scheme, boolean isDouble, String scales) throws IOException {
        AtomicLong read = new AtomicLong();
        Quantized quantized = quantized(scheme, isDouble, read);
        quantized.bytes("weight");
        byte[] after = quantized.bytes(scales);
        assertEquals(SHAPE.elementCount(), read.get());
        assertArrayEquals(quantized(scheme, isDouble, new AtomicLong()).bytes(scales), after);
    }

    /** Though the codes of most pieces come before it is known what their scales give again. */
    @ParameterizedTest
    @CsvSource({"NF4, false", "NF4, true", "FP4, true"})
    void theErrorIsThatOfWhatTheFileStandsFor(QuantizationScheme scheme, boolean isDouble) throws IOException {
        for (boolean scalesFirst : new boolean[] {false, true}) {
            Quantized quantized = quantized(scheme, isDouble, new AtomicLong());
            if (scalesFirst) {
                quantized.bytes("weight.absmax");
            }
            quantized.bytes("weight");
            double measured = quantized.quantized().measured().orElseThrow();
            assertEquals(quantized.error(), measured, 1e-8);
        }
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
    @CsvSource({"INT8, false", "NF4, false", "NF4, true"})
    void aWeightIsReadOnceForAFile(QuantizationScheme scheme, boolean isDouble) throws Exception {
        AtomicLong read = new AtomicLong();
        WrittenFile hashed = write(scheme, isDouble, true, read);
        WrittenFile other = write(scheme, isDouble, false, read);
        assertArrayEquals(Files.readAllBytes(other.path()), Files.readAllBytes(hashed.path()));
        // What is still computed when scales are asked for is looked at once more.
        double times = (double) read.get() / LARGE.elementCount() / 4;
        assertTrue(times < 1.4, String.valueOf(times));
        assertEquals(
                HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(hashed.path()))),
                hashed.sha256());
    }

    private static Quantized quantized(QuantizationScheme scheme, boolean isDouble, AtomicLong read) {
        return quantized(scheme, isDouble, new Counted(SHAPE, read));
    }

    private static Quantized quantized(QuantizationScheme scheme, boolean isDouble, Counted weight) {
        return Quantized.of(
                new BitsAndBytes(),
                weight,
                new WeightSettings(
                        scheme,
                        Optional.empty(),
                        isDouble,
                        true,
                        Optional.empty(),
                        Form.ScaledCodes.Kernel.FASTEST,
                        1));
    }

    private WrittenFile write(QuantizationScheme scheme, boolean isDouble, boolean hasDigest, AtomicLong read)
            throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (String module : List.of("a", "b")) {
            Quantized quantized = quantized(scheme, isDouble, new Counted(LARGE, read));
            quantized
                    .stored()
                    .forEach((slot, tensor) -> tensors.add(
                            OutputTensor.of(module + "." + slot, tensor, tensor::materialize, Optional.empty())));
        }
        WriteOptions options = new WriteOptions(hasDigest, false, Part.WHOLE);
        Path into = Files.createDirectory(folder.resolve(hasDigest ? "digest" : "none"));
        return new SafetensorsWriter(into, "model", SafetensorsWriter.UNLIMITED, Map.of(), options)
                .write(tensors)
                .get(0);
    }

    /**
     * In blocks with scales that are far from each other.
     *
     * @param read counts the elements that anybody asked for
     */
    private record Counted(Shape shape, AtomicLong read) implements ComputedTensor {
        @Override
        public String operation() {
            return "counted";
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of(values());
        }

        private LazyTensor values() {
            return LazyTensors.generate(
                    "values",
                    DType.F32,
                    shape,
                    place -> (place * 37 % 101 / 50.0 - 1) * (place % 7) * (1 + place / 64 % 13));
        }

        @Override
        public TensorData materialize() throws IOException {
            TensorData values = values().materialize();
            return TensorData.computed(true, DType.F32, shape.elementCount(), (first, count, room) -> {
                read.addAndGet(count);
                return values.elements(DType.F32, first, count, room);
            });
        }
    }
}
