package io.graft.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void resolve() throws IOException {
        folder = temporary.toRealPath();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert/hf.safetensors", "bert/hf-bf16.safetensors", "epd/model.safetensors"})
    void writesTheBytesOfTheReferenceImplementation(String fixture) throws Exception {
        List<OutputTensor> tensors = tensorsOf(Fixtures.path(fixture));
        Collections.shuffle(tensors, new Random(3));
        List<WrittenFile> written = writer(SafetensorsWriter.UNLIMITED).write(tensors);
        byte[] expected = Files.readAllBytes(Fixtures.path(fixture));
        assertArrayEquals(expected, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals(
                List.of(new WrittenFile(folder.resolve("model.safetensors"), expected.length, sha256(expected))),
                written);
    }

    @Test
    void writesTheShardsOfTransformers() throws Exception {
        Path fixture = Fixtures.path("bert/hf-sharded");
        // Shards are filled in the model's order, where weights come before their biases.
        List<OutputTensor> tensors = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            List<OutputTensor> shard = tensorsOf(fixture.resolve("model-0000" + i + "-of-00006.safetensors"));
            shard.sort(Comparator.comparing(tensor -> -tensor.shape().elementCount()));
            tensors.addAll(shard);
        }
        List<WrittenFile> written = writer(20_000).write(tensors);
        assertEquals(7, written.size());
        for (int i = 1; i <= 6; i++) {
            String name = "model-0000" + i + "-of-00006.safetensors";
            byte[] expected = Files.readAllBytes(fixture.resolve(name));
            assertArrayEquals(expected, Files.readAllBytes(folder.resolve(name)), name);
            assertEquals(new WrittenFile(folder.resolve(name), expected.length, sha256(expected)), written.get(i - 1));
        }
        String index = Files.readString(folder.resolve("model.safetensors.index.json"));
        assertEquals(
                Files.readString(fixture.resolve("model.safetensors.index.json"))
                        .replace("    \"total_parameters\": 22720,\n", ""),
                index);
        assertEquals(
                sha256(index.getBytes(StandardCharsets.UTF_8)), written.get(6).sha256());
        assertEquals(tensors.size(), Checkpoint.open(folder).tensors().size());
    }

    @Test
    void givesALargeTensorItsOwnShardWhileTheOneBeforeGoesOn() throws IOException {
        writer(100).write(List.of(ones("a", 60), ones("big", 101), ones("b", 40), ones("c", 1)));
        assertEquals(List.of("big"), names("model-00001-of-00003.safetensors"));
        assertEquals(List.of("a", "b"), names("model-00002-of-00003.safetensors"));
        assertEquals(List.of("c"), names("model-00003-of-00003.safetensors"));
    }

    @Test
    void aLastTensorBeyondTheLimitLeavesNoEmptyShard() throws IOException {
        List<OutputTensor> tensors = List.of(ones("a", 100), ones("big", 101));
        assertEquals(
                List.of(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json"),
                writer(100).names(tensors));
        assertEquals(List.of("model.safetensors"), writer(100).names(tensors.subList(1, 2)));
        assertEquals(List.of("model.safetensors"), writer(100).names(List.of()));
    }

    @Test
    void oneFileHasNoIndex() throws IOException {
        assertEquals(Optional.empty(), writer(100).writeIndex(List.of(ones("a", 100))));
        assertNothingWritten();
    }

    @Test
    void aShardHoldsSomething() {
        assertEquals(
                "the size of a shard must be positive: 0",
                assertThrows(IllegalArgumentException.class, () -> writer(0)).getMessage());
        writer(1);
    }

    @Test
    void ofTwoNamesTheOneThatGoesOnComesLast() throws IOException {
        List<String> sorted = List.of("a", "a.b", "\uffee", "\uffee\ud83d\ude00", "\ud83d\ude00", "\ud83d\ude01");
        List<OutputTensor> tensors = new ArrayList<>();
        for (int i : new int[] {5, 1, 3, 0, 4, 2}) {
            tensors.add(ones(sorted.get(i), 1));
        }
        writer(SafetensorsWriter.UNLIMITED).write(tensors);
        assertEquals(sorted, names("model.safetensors"));
    }

    @Test
    void writesOneFileWithoutIndexWhereEverythingFits() throws IOException {
        List<WrittenFile> written = new SafetensorsWriter(folder, "adapter_model", 100, Map.of())
                .write(List.of(ones("a", 60), ones("b", 40)));
        assertEquals(1, written.size());
        assertEquals(folder.resolve("adapter_model.safetensors"), written.get(0).path());
    }

    @Test
    void ordersByDtypeThenByCodePointAndSortsMetadata() throws IOException {
        new SafetensorsWriter(
                        folder, "model", SafetensorsWriter.UNLIMITED, Map.of("z", "1", "a", "\"\n", "format", "np"))
                .write(List.of(
                        tensor("i8", DType.I8, Shape.of(1), new byte[1]),
                        tensor("\ud83d\ude00", DType.F32, Shape.of(1), new byte[4]),
                        tensor("\uffee", DType.F32, Shape.SCALAR, new byte[4]),
                        tensor("none", DType.F64, Shape.of(0, 3), new byte[0]),
                        tensor("bf16", DType.BF16, Shape.of(2), new byte[4]),
                        tensor("i64", DType.I64, Shape.of(1), new byte[8])));
        byte[] file = Files.readAllBytes(folder.resolve("model.safetensors"));
        int length = (int)
                ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
        assertEquals(0, length % 8);
        assertEquals(
                "{\"__metadata__\":{\"a\":\"\\\"\\n\",\"format\":\"pt\",\"z\":\"1\"},"
                        + "\"i64\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"none\":{\"dtype\":\"F64\",\"shape\":[0,3],\"data_offsets\":[8,8]},"
                        + "\"\uffee\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
                        + "\"\ud83d\ude00\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
                        + "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[16,20]},"
                        + "\"i8\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[20,21]}}",
                new String(file, 8, length, StandardCharsets.UTF_8).stripTrailing());
    }

    @Test
    void writesComputedTensorsAndTensorsOfSeveralFiles() throws IOException {
        TensorEntry bert = Checkpoint.open(Fixtures.path("bert/hf-bf16.safetensors"))
                .tensors()
                .get("embeddings.word_embeddings.weight");
        List<OutputTensor> tensors = tensorsOf(Fixtures.path("epd/model.safetensors"));
        tensors.add(new OutputTensor(
                "cast", DType.F32, bert.shape(), () -> new DTypeConversion(bert.data(), DType.BF16, DType.F32)));
        writer(SafetensorsWriter.UNLIMITED).write(tensors);
        Map<String, TensorEntry> read = Checkpoint.open(folder).tensors();
        assertArrayEquals(
                Fixtures.bytes(new DTypeConversion(bert.data(), DType.BF16, DType.F32)),
                Fixtures.bytes(read.get("cast").data()));
        for (TensorEntry original : Checkpoint.open(Fixtures.path("epd/model.safetensors"))
                .tensors()
                .values()) {
            assertArrayEquals(
                    Fixtures.bytes(original.data()),
                    Fixtures.bytes(read.get(original.name()).data()));
        }
    }

    @Test
    void asksForATensorOnlyWhenItsTurnComes() throws IOException {
        List<String> asked = new ArrayList<>();
        List<OutputTensor> tensors = new ArrayList<>();
        for (String name : List.of("b", "a", "c")) {
            tensors.add(new OutputTensor(name, DType.U8, Shape.of(1), () -> {
                asked.add(name);
                return TensorData.of(ByteBuffer.allocate(1));
            }));
        }
        writer(SafetensorsWriter.UNLIMITED).write(tensors);
        assertEquals(List.of("a", "b", "c"), asked);
    }

    /** Large enough for several pieces of each kind; names put them in another order than in their file. */
    @Test
    void writesLargeTensorsOfEveryKind() throws Exception {
        byte[] random = new byte[70_000_003];
        new Random(5).nextBytes(random);
        Path file = Files.write(folder.resolve("source"), random);
        CheckpointFile source = CheckpointFile.of(file);
        int half = 4_000_000;
        TensorData halves = source.data(random.length - 2L * half, 2L * half);
        DTypeConversion floats = new DTypeConversion(halves, DType.BF16, DType.F32);
        List<OutputTensor> tensors = List.of(
                new OutputTensor("c", DType.U8, Shape.of(40_000_000), () -> source.data(3, 40_000_000)),
                new OutputTensor("d", DType.U8, Shape.of(20_000_000), () -> source.data(40_000_003, 20_000_000)),
                new OutputTensor("b", DType.U8, Shape.of(7), () -> source.data(70_000_000 - 4, 7)),
                new OutputTensor("a", DType.F32, Shape.of(half), () -> floats),
                new OutputTensor("e", DType.F16, Shape.of(half), () -> new InOrder(halves)));
        WrittenFile written = writer(SafetensorsWriter.UNLIMITED).write(tensors).get(0);
        Map<String, TensorEntry> read = Checkpoint.open(folder).tensors();
        for (OutputTensor tensor : tensors) {
            assertArrayEquals(
                    Fixtures.bytes(tensor.data().materialize()),
                    Fixtures.bytes(read.get(tensor.name()).data()),
                    tensor.name());
        }
        assertEquals(sha256(Files.readAllBytes(written.path())), written.sha256());
    }

    /** A tensor that only one thread may read. */
    private record InOrder(TensorData data) implements TensorData {
        @Override
        public long byteCount() {
            return data.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            return data.window(offset, length);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            data.transferTo(target);
        }
    }

    @Test
    void leavesTheDigestOutWhereNoneIsAskedFor() throws IOException {
        WriteOptions plain = new WriteOptions(false, false, Part.WHOLE);
        SafetensorsWriter writer = new SafetensorsWriter(folder, "model", 100, Map.of(), plain);
        assertEquals(
                List.of("", "", ""),
                writer.write(List.of(ones("a", 60), ones("b", 60))).stream()
                        .map(WrittenFile::sha256)
                        .toList());
    }

    @Test
    void theFirstFailureOfAnyThreadIsTold() {
        TensorData none = TensorData.of(ByteBuffer.allocate(0));
        TensorData failing = TensorData.computed(none, DType.U8, 30_000_000, (first, count, room) -> {
            if (first > 10_000_000) {
                throw new IOException("the disk is gone");
            }
            return (block, next) -> block.read(DType.U8, ByteBuffer.allocate(next), next);
        });
        OutputTensor tensor = new OutputTensor("a", DType.U8, Shape.of(30_000_000), () -> failing);
        assertEquals(
                "the disk is gone",
                assertThrows(
                                IOException.class,
                                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(tensor, ones("b", 1))))
                        .getMessage());
    }

    @Test
    void partsAreTogetherWhatOneRunWrites() throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            tensors.add(ones("t" + i, 60));
        }
        Path whole = Files.createDirectory(folder.resolve("whole"));
        List<WrittenFile> expected = new SafetensorsWriter(whole, "model", 100, Map.of()).write(tensors);
        List<WrittenFile> found = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            WriteOptions part = WriteOptions.DEFAULT.withPart(new Part(i, 3));
            found.addAll(new SafetensorsWriter(folder, "model", 100, Map.of(), part).write(tensors));
        }
        found.sort(Comparator.comparing(WrittenFile::path));
        found.add(writer(100).writeIndex(tensors).orElseThrow());
        assertEquals(
                expected.stream()
                        .map(file ->
                                new WrittenFile(folder.resolve(file.path().getFileName()), file.bytes(), file.sha256()))
                        .toList(),
                found);
    }

    @Test
    void refusesNamesBeforeAnythingIsWritten() throws IOException {
        assertRefused("the tensor name 'a\\u0000' contains a NUL character", "rename the tensor", ones("a\0", 1));
        assertRefused(
                "the tensor name '\\ud800' contains half of a surrogate pair", "rename the tensor", ones("\ud800", 1));
        assertRefused(
                "the tensor name '__metadata__' is reserved for metadata",
                "rename the tensor",
                ones("__metadata__", 1));
        assertRefused("the tensor name 'a' is given twice", "rename the tensor", ones("a", 1), ones("a", 1));
    }

    @Test
    void refusesDtypesThatTheFormatLacks() throws IOException {
        assertRefused(
                "tensor 'z' has dtype C128, which safetensors files cannot hold",
                "convert or remove the tensor",
                tensor("z", DType.C128, Shape.of(1), new byte[16]));
        assertRefused(
                "tensor 'z' has dtype F4, which safetensors files cannot hold",
                "convert or remove the tensor",
                tensor("z", DType.F4, Shape.of(2), new byte[1]));
    }

    @Test
    void refusesOutputThatTheDiskCannotHold() throws IOException {
        OutputTensor huge = new OutputTensor("a", DType.U8, Shape.of(1L << 45, 1L << 14), () -> {
            throw new AssertionError("asked for data");
        });
        FileSystemException refused = assertThrows(
                FileSystemException.class,
                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(huge)));
        assertTrue(
                refused.getMessage().matches(".*: the output takes 576460752303423616 bytes, and \\d+ are free"),
                refused.getMessage());
        assertNothingWritten();
    }

    @Test
    void neverOverwrites() throws IOException {
        Files.writeString(folder.resolve("model.safetensors"), "precious");
        assertThrows(
                FileAlreadyExistsException.class,
                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(ones("a", 1))));
        assertEquals("precious", Files.readString(folder.resolve("model.safetensors")));
    }

    @Test
    void failsOnDataOfAnotherSize() {
        OutputTensor wrong = tensor("a", DType.F32, Shape.of(3), new byte[8]);
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(wrong)));
        assertEquals("tensor 'a' came with 8 bytes, but F32 [3] takes 12", refused.getMessage());
    }

    @Test
    void failsWhenTheSourceChangesMeanwhile() throws IOException {
        Path source = Bytes.file(
                folder.resolve("source"),
                Bytes.header(Bytes.entry("a", "U8", "[1]", 0, 1), Bytes.entry("b", "U8", "[1]", 1, 2)),
                2);
        TensorEntry a = Checkpoint.open(source).tensors().get("a");
        OutputTensor touched = new OutputTensor("a", DType.U8, Shape.of(1), () -> {
            Files.setLastModifiedTime(source, FileTime.fromMillis(1));
            return a.data();
        });
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(touched)));
        assertEquals(
                source + ": has changed since its header was read; run again when nothing writes to it",
                refused.getMessage());
    }

    @Test
    void failsWhenTheSourceBecomesShorterMeanwhile() throws IOException {
        Path source = Files.write(folder.resolve("source"), new byte[100]);
        TensorData data = CheckpointFile.of(source).data(50, 50);
        OutputTensor cutting = new OutputTensor("b", DType.U8, Shape.of(1), () -> {
            Files.write(source, new byte[60]);
            return TensorData.of(ByteBuffer.allocate(1));
        });
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> writer(SafetensorsWriter.UNLIMITED)
                        .write(List.of(new OutputTensor("a", DType.U8, Shape.of(50), () -> data), cutting)));
        assertEquals(
                source + ": has changed since its header was read; run again when nothing writes to it",
                refused.getMessage());
    }

    @Test
    void anInterruptedCallerStopsEveryThread() {
        Thread.currentThread().interrupt();
        assertThrows(
                IOException.class, () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(ones("a", 10_000_000))));
        assertTrue(Thread.interrupted());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("graft-writer")));
    }

    private SafetensorsWriter writer(long maxShardBytes) {
        return new SafetensorsWriter(folder, "model", maxShardBytes, Map.of());
    }

    private void assertRefused(String detail, String help, OutputTensor... tensors) throws IOException {
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> writer(SafetensorsWriter.UNLIMITED).write(List.of(tensors)));
        assertEquals(folder + ": " + detail + "; " + help, refused.getMessage());
        assertEquals(Reason.UNSUPPORTED, refused.reason());
        assertNothingWritten();
    }

    private void assertNothingWritten() throws IOException {
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    private List<String> names(String file) {
        return List.copyOf(Checkpoint.open(folder.resolve(file)).tensors().keySet());
    }

    private static List<OutputTensor> tensorsOf(Path path) {
        List<OutputTensor> tensors = new ArrayList<>();
        for (TensorEntry entry : Checkpoint.open(path).tensors().values()) {
            tensors.add(new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data));
        }
        return tensors;
    }

    private static OutputTensor ones(String name, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 1);
        return tensor(name, DType.U8, Shape.of(count), bytes);
    }

    private static OutputTensor tensor(String name, DType dtype, Shape shape, byte[] bytes) {
        return new OutputTensor(name, dtype, shape, () -> TensorData.of(ByteBuffer.wrap(bytes)));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
