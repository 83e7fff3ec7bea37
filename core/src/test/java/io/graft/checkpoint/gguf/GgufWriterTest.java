package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code packed.gguf} is what gguf-py writes and packs of {@code numbers.safetensors}, see {@code make_packed.py} beside it. */
class GgufWriterTest {
    private static final Shape SHAPE = Shape.of(16, 512);

    @TempDir
    Path folder;

    private static LazyTensor numbers() {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/numbers.safetensors"));
        return StoredTensor.of(checkpoint.tensors().get("numbers"), "numbers");
    }

    private static LazyTensor generated(double scale) {
        return LazyTensors.generate(
                "noise", DType.F32, Shape.of(64, 1024), place -> scale * Math.sin(place * 1.7 + place % 13));
    }

    private static OutputTensor plain(String name, DType dtype, LazyTensor values) {
        return new OutputTensor(
                name, dtype, values.shape(), () -> new DTypeConversion(values.materialize(), values.dtype(), dtype));
    }

    private static OutputTensor packed(String name, BlockType type, LazyTensor values) {
        return new OutputTensor(
                name,
                DType.U8,
                type.packed(values.shape()),
                () -> TensorData.of(pack(type, values)),
                Optional.empty(),
                Optional.of(type.name()),
                Optional.empty());
    }

    /** Block by block. */
    private static ByteBuffer pack(BlockType type, LazyTensor values) throws IOException {
        float[] numbers = LazyTensors.floats(values);
        byte[] packed = new byte[numbers.length / type.elements() * type.bytes()];
        for (int i = 0; i < numbers.length / type.elements(); i++) {
            float[] scales = new float[type.scales()];
            assertTrue(type.scale(numbers, i * type.elements(), scales, 0));
            type.pack(numbers, i * type.elements(), scales, 0, packed, i * type.bytes());
            float[] restored = new float[type.elements() + 1];
            type.unpack(packed, i * type.bytes(), restored, 1);
            assertEquals(0, restored[0]);
        }
        return ByteBuffer.wrap(packed);
    }

    private static OutputTensor zeros(String name, DType dtype, Shape shape) {
        return new OutputTensor(
                name, dtype, shape, () -> TensorData.of(ByteBuffer.allocate((int) dtype.byteCount(shape))));
    }

    private Path write(List<OutputTensor> tensors) throws IOException {
        return write(new OutputStateDict(tensors));
    }

    private Path write(OutputStateDict stateDict) throws IOException {
        List<WrittenFile> written =
                new GgufWriter(folder.resolve("a.gguf"), "tensors", WriteOptions.DEFAULT).write(stateDict);
        assertEquals(1, written.size());
        return written.get(0).path();
    }

    @Test
    void theBytesAreThoseOfGgufPy() throws IOException {
        LazyTensor numbers = numbers();
        LazyTensor steps = LazyTensors.generate("steps", DType.I64, Shape.of(3), place -> place);
        List<OutputTensor> tensors = new ArrayList<>(List.of(
                plain("plain.weight", DType.F32, numbers),
                plain("half.weight", DType.F16, numbers),
                plain("brain.weight", DType.BF16, numbers),
                plain("steps", DType.I64, steps)));
        for (BlockType type : BlockType.values()) {
            tensors.add(packed(type.name().toLowerCase(Locale.ROOT) + ".weight", type, numbers));
        }
        Path file = write(new OutputStateDict(
                tensors, Map.of("general.name", "a name", "llama.context_length", "4096", "general.alignment", "7")));
        assertArrayEquals(Files.readAllBytes(path("gguf/packed.gguf")), Files.readAllBytes(file));
    }

    @Test
    void theFileIsReadWithItsNumbersAndBlocks() throws IOException {
        Path file = write(List.of(
                zeros("one", DType.F32, Shape.of()),
                packed("a.weight", BlockType.Q4_K, numbers()),
                zeros("none", DType.F16, Shape.of(0, 3)),
                zeros("four", DType.I8, Shape.of(1, 2, 3, 4))));
        Checkpoint checkpoint = Checkpoint.open(file);
        assertEquals(
                List.of("one", "a.weight", "none", "four"),
                List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(
                List.of(Shape.of(), SHAPE, Shape.of(0, 3), Shape.of(1, 2, 3, 4)),
                checkpoint.tensors().values().stream().map(TensorEntry::shape).toList());
        assertEquals(Optional.of("Q4_K"), checkpoint.stored().get("a.weight").blockType());
        assertEquals(
                Map.of("general.architecture", "tensors", "general.quantization_version", "2"), checkpoint.metadata());
        assertEquals(0, Files.size(file) % 32);
    }

    /** The relative error of numbers that are spread evenly over their range. */
    @Test
    void errorsAreThoseOfTheBits() throws IOException {
        for (double scale : new double[] {1, 0.1, 2e4}) {
            assertEquals(0.0032, error(BlockType.Q8_0, scale), 0.0002);
            assertEquals(0.069, error(BlockType.Q4_0, scale), 0.002);
            assertEquals(0.052, error(BlockType.Q4_1, scale), 0.002);
            assertEquals(0.032, error(BlockType.Q5_0, scale), 0.002);
            assertEquals(0.025, error(BlockType.Q5_1, scale), 0.002);
            assertEquals(0.213, error(BlockType.Q2_K, scale), 0.002);
            // Of large numbers, the search's products are none in 32 bits.
            assertEquals(scale > 1e4 ? 0.132 : 0.123, error(BlockType.Q3_K, scale), 0.002);
            assertEquals(0.048, error(BlockType.Q4_K, scale), 0.002);
            assertEquals(0.024, error(BlockType.Q5_K, scale), 0.002);
            assertEquals(0.012, error(BlockType.Q6_K, scale), 0.002);
            assertEquals(0.063, error(BlockType.IQ4_NL, scale), 0.002);
            assertEquals(0.063, error(BlockType.IQ4_XS, scale), 0.002);
        }
    }

    private double error(BlockType type, double scale) throws IOException {
        LazyTensor values = generated(scale);
        float[] before = LazyTensors.floats(values);
        Path file = write(List.of(packed("w", type, values)));
        float[] after = LazyTensors.floats(
                StoredTensor.of(Checkpoint.open(file).tensors().get("w"), "w"));
        Files.delete(file);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < before.length; i++) {
            difference += Math.pow(before[i] - after[i], 2);
            norm += Math.pow(before[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    /** Of a group whose numbers are exact in its steps, nothing is lost; and no group changes another. */
    @Test
    void q4kHoldsWhatItsCodesCan() throws IOException {
        LazyTensor steps = LazyTensors.generate("steps", DType.F32, Shape.of(1, 512), place -> {
            long group = place / 32;
            return group % 8 == 7 ? 0 : (place % 16) * 63.0 / 64 - (group % 2 == 0 ? 0 : 63.0 / 8);
        });
        Path file = write(List.of(packed("w", BlockType.Q4_K, steps)));
        assertArrayEquals(
                LazyTensors.floats(steps),
                LazyTensors.floats(
                        StoredTensor.of(Checkpoint.open(file).tensors().get("w"), "w")));
    }

    @Test
    void aScaleThatSixteenBitsDoNotHoldIsNone() {
        for (BlockType type : BlockType.values()) {
            float[] block = new float[type.elements()];
            block[type.elements() - 1] = 1e5f;
            assertTrue(type.scale(block, 0, new float[type.scales()], 0));
            block[type.elements() - 1] = 1e9f;
            assertFalse(type.scale(block, 0, new float[type.scales()], 0));
        }
    }

    @Test
    void rowsThatDoNotDivideAreRefused() {
        assertEquals(
                "rows of 40 elements cannot be packed as Q8_0, in blocks of 32",
                assertThrows(IllegalArgumentException.class, () -> BlockType.Q8_0.packed(Shape.of(64, 40)))
                        .getMessage());
        assertEquals(
                "rows of 128 elements cannot be packed as Q4_K, in blocks of 256",
                assertThrows(IllegalArgumentException.class, () -> BlockType.Q4_K.packed(Shape.of(256, 128)))
                        .getMessage());
        assertEquals(
                "a single number cannot be packed as Q4_0, in blocks of 32",
                assertThrows(IllegalArgumentException.class, () -> BlockType.Q4_0.packed(Shape.of()))
                        .getMessage());
        assertEquals(Shape.of(2, 288), BlockType.Q4_K.packed(Shape.of(2, 512)));
    }

    @Test
    void whatTheFormatDoesNotHoldIsRefused() {
        String name = "n".repeat(63);
        new GgufWriter(folder.resolve("a.gguf"), "tensors", WriteOptions.DEFAULT)
                .requireWritable(new OutputStateDict(List.of(zeros(name, DType.F32, Shape.of(1)))));
        assertRefused(
                "the tensor name '" + name + "é' has 65 bytes, and readers of GGUF files take at most 63; rename the"
                        + " tensor",
                zeros(name + "é", DType.F32, Shape.of(1)));
        assertRefused(
                "the tensor name 'a' is given twice; rename the tensor",
                zeros("a", DType.F32, Shape.of(1)),
                zeros("a", DType.F32, Shape.of(1)));
        assertRefused(
                "tensor 'a' has dtype U8, which GGUF files cannot hold; convert or remove the tensor",
                zeros("a", DType.U8, Shape.of(1)));
        assertRefused(
                "tensor 'a' has dtype F8_E4M3, which GGUF files cannot hold; convert or remove the tensor",
                zeros("a", DType.F8_E4M3, Shape.of(1)));
        assertRefused(
                "tensor 'a' has dtype Q9_X, which GGUF files cannot hold; convert or remove the tensor",
                new OutputTensor(
                        "a",
                        DType.U8,
                        Shape.of(1, 34),
                        () -> TensorData.of(ByteBuffer.allocate(34)),
                        Optional.empty(),
                        Optional.of("Q9_X"),
                        Optional.empty()));
        assertRefused(
                "tensor 'a' has 5 dimensions, and GGUF files hold at most 4; leave the tensor out",
                zeros("a", DType.F32, Shape.of(1, 1, 1, 1, 1)));
        assertRefused("there is no tensor to write; leave one at least");
    }

    private void assertRefused(String message, OutputTensor... tensors) {
        Path file = folder.resolve("a.gguf");
        assertEquals(
                file + ": " + message,
                assertThrows(CheckpointException.class, () -> write(List.of(tensors)))
                        .getMessage());
        assertTrue(Files.notExists(file));
    }

    /** A file that holds one type after the other of those that are not read is copied, too. */
    @Test
    void blocksOfEveryTypeAreCopied() throws IOException {
        for (String type : List.of("q8_0", "q4_k", "iq1_s", "iq3_xxs", "nvfp4")) {
            Checkpoint input = Checkpoint.open(path("/fixtures/quantized/gguf-" + type + "/model.gguf"));
            List<OutputTensor> tensors = new ArrayList<>();
            input.stored().values().forEach(entry -> {
                StoredTensor stored = StoredTensor.of(entry, "in");
                tensors.add(OutputTensor.of(entry.name(), stored, stored::materialize, Optional.empty()));
            });
            Path file = write(tensors);
            Checkpoint output = Checkpoint.open(file);
            assertEquals(input.stored().keySet(), output.stored().keySet());
            for (TensorEntry entry : input.stored().values()) {
                TensorEntry copy = output.stored().get(entry.name());
                assertEquals(entry.blockType(), copy.blockType());
                assertEquals(entry.shape(), copy.shape());
                assertArrayEquals(
                        Fixtures.bytes(StoredTensor.of(entry, "in").materialize()),
                        Fixtures.bytes(StoredTensor.of(copy, "out").materialize()));
            }
            Files.delete(file);
        }
    }
}
