package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipLayout;
import io.graft.checkpoint.zip.ZipMember;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PytorchWriterTest {
    @TempDir
    Path temporary;

    private Path file;

    @BeforeEach
    void resolve() throws IOException {
        file = temporary.toRealPath().resolve("out.pt");
    }

    /**
     * The fixtures are what {@code torch.save(state_dict, open(path, "wb"))} of PyTorch 2.13 makes of an {@code OrderedDict} with
     * typed and untyped storages, a scalar, an empty tensor, four dimensions and names beyond ASCII (see make_state_dict.py), and
     * of one with several names for one tensor (see make_tied.py). They end with a serialization id, which Graft does not write.
     */
    @ParameterizedTest
    @ValueSource(strings = {"torch/state-dict.pt", "torch/tied.pt"})
    void writesTheBytesOfTorchSave(String fixture) throws Exception {
        Path saved = fixture(fixture);
        List<WrittenFile> written = new PytorchWriter(file).write(tensorsOf(saved));
        byte[] expected = Files.readAllBytes(saved);
        byte[] actual = Files.readAllBytes(file);
        ZipMember id = ZipArchive.read(CheckpointFile.of(saved), ShardKind.PYTORCH.advice())
                .members()
                .get("archive/.data/serialization_id");
        int members = (int) id.headerOffset();
        assertArrayEquals(Arrays.copyOf(expected, members), Arrays.copyOf(actual, members));
        int entries = (int) (id.entryOffset() - directory(saved));
        assertArrayEquals(
                Arrays.copyOfRange(expected, (int) directory(saved), (int) directory(saved) + entries),
                Arrays.copyOfRange(actual, (int) directory(file), (int) directory(file) + entries));
        assertEquals(entries, actual.length - 98 - directory(file));
        assertEquals(List.of(new WrittenFile(file, actual.length, sha256(actual))), written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch/corners.pt", "torch/corners-legacy.pt", "torch/more.pt", "epd/pretrained.ckpt"})
    void whatIsReadAndWrittenReadsBackTheSame(String fixture) throws IOException {
        Map<String, TensorEntry> source = Checkpoint.open(fixture(fixture)).tensors();
        new PytorchWriter(file).write(tensorsOf(fixture(fixture)));
        Checkpoint copy = Checkpoint.open(file);
        assertEquals("state_dict", copy.content());
        assertEquals(List.copyOf(source.keySet()), List.copyOf(copy.tensors().keySet()));
        for (TensorEntry entry : source.values()) {
            TensorEntry other = copy.tensors().get(entry.name());
            assertEquals(entry.dtype(), other.dtype());
            assertEquals(entry.shape(), other.shape());
            assertEquals(TorchFiles.bytes(entry), TorchFiles.bytes(other), entry.name());
            assertEquals(0, other.range().offset() % 64, entry.name());
        }
        assertSound(file);
    }

    @Test
    void namesOfOneTensorStayTied() throws IOException {
        new PytorchWriter(file).write(tensorsOf(fixture("torch/tied.pt")));
        assertEquals(
                List.of(List.of("embed.weight", "head.weight", "other.weight"), List.of("scale", "last.scale")),
                Checkpoint.open(file).ties());
        assertSound(file);
    }

    /** Tensors of a dict, and what stands beside them. */
    @Test
    void aDictReadsBackTheSame() throws IOException {
        Map<String, Object> plain = new LinkedHashMap<>();
        List<Object> numbers = List.of(0, 255, 256, 65_536, -1, 1L << 40, -(1L << 40), Long.MIN_VALUE, 0.1, -1e300);
        plain.put("numbers", numbers);
        plain.put("text", "caf\u00e9");
        plain.put("flag", true);
        plain.put("other", false);
        plain.put("nothing", null);
        plain.put("empty", Map.of());
        OutputTensor weight = tensor("weight", DType.U8, Shape.of(2), new byte[] {3, 4});
        OutputTensor mean = tensor("mean", DType.U8, Shape.of(1), new byte[] {7});
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put("state_dict", Map.of("weight", weight));
        dict.put(
                "optimizer",
                Map.of(
                        "state",
                        Map.of(0, Map.of("exp_avg", mean)),
                        "param_groups",
                        List.of(Map.of("params", List.of(0)))));
        dict.put("hyper_parameters", plain);
        new PytorchWriter(file).write(dict);
        Checkpoint read = Checkpoint.open(file);
        assertEquals(
                ByteBuffer.wrap(new byte[] {3, 4}),
                TorchFiles.bytes(read.tensors().get("weight")));
        TensorEntry remembered = SavedProgress.open(file)
                .optimizers()
                .get(0)
                .states()
                .get("0")
                .arrays()
                .get("exp_avg");
        assertEquals(ByteBuffer.wrap(new byte[] {7}), TorchFiles.bytes(remembered));
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("hyper_parameters.numbers", numbers.toString());
        expected.put("hyper_parameters.text", "caf\u00e9");
        expected.put("hyper_parameters.flag", "true");
        expected.put("hyper_parameters.other", "false");
        expected.put("hyper_parameters.nothing", "None");
        expected.put("hyper_parameters.empty", "{}");
        assertEquals(expected, read.metadata());
        assertSound(file);
    }

    @Test
    void anotherValueOfADictIsRefused() {
        Map<String, Object> dict = Map.of("a", ones("a", 1), "at", Instant.EPOCH);
        assertEquals(
                "a file of PyTorch cannot hold a java.time.Instant",
                assertThrows(IllegalArgumentException.class, () -> new PytorchWriter(file).write(dict))
                        .getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void aNameOfNoEarlierTensorIsRefused() {
        OutputTensor tied = new OutputTensor("b", DType.U8, Shape.of(2), () -> null, Optional.of("a"));
        for (List<OutputTensor> tensors : List.of(List.of(tied), List.of(ones("a", 1), tied))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> new PytorchWriter(file).write(tensors));
            assertEquals("`b` is no other name of an earlier tensor `a`", refused.getMessage());
        }
    }

    /** More items than Python's pickler sets at once, and more than a byte can number. */
    @Test
    void writesThousandsOfTensors() throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 2001; i++) {
            tensors.add(tensor("layer." + i + ".weight", DType.U8, Shape.of(1), new byte[] {(byte) i}));
        }
        new PytorchWriter(file).write(tensors);
        Map<String, TensorEntry> read = Checkpoint.open(file).tensors();
        assertEquals(tensors.stream().map(OutputTensor::name).toList(), List.copyOf(read.keySet()));
        assertEquals(
                (byte) 1999, read.get("layer.1999.weight").data().window(0, 1).get());
    }

    @Test
    void theSameTensorsGiveTheSameBytes() throws IOException {
        new PytorchWriter(file).write(tensorsOf(fixture("torch/corners.pt")));
        Path second = temporary.resolve("another-name.bin");
        new PytorchWriter(second).write(tensorsOf(fixture("torch/corners.pt")));
        assertEquals(-1, Files.mismatch(file, second));
    }

    /** The data are a hole in the file, which takes no room on the disk. */
    @Test
    void membersBeyondFourGigabytesAreFound() throws IOException {
        ZipLayout layout = new ZipLayout();
        List<ZipLayout.Member> members = List.of(
                layout.add("archive/small", 3),
                layout.add("archive/large", 5L << 30),
                layout.add("archive/beyond", 7),
                layout.add("archive/both", 0xffff_ffffL));
        List<Long> crcs = List.of(1L, 2L, 3L, 0xffff_fffeL);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < members.size(); i++) {
                ZipLayout.Member member = members.get(i);
                out.seek(member.headerOffset());
                out.write(member.localHeader());
                assertEquals(member.dataOffset(), out.getFilePointer());
                out.seek(member.dataOffset() + member.size());
                out.write(member.descriptor(crcs.get(i)));
            }
            out.write(layout.directory(crcs));
            assertEquals(layout.size(), out.length());
        }
        ZipArchive archive = ZipArchive.read(CheckpointFile.of(file), ShardKind.PYTORCH.advice());
        try (FileChannel channel = archive.file().open();
                ZipFile jdk = new ZipFile(file.toFile())) {
            for (int i = 0; i < members.size(); i++) {
                ZipLayout.Member member = members.get(i);
                ZipMember found = archive.members().get(member.name());
                assertEquals(member.size(), found.size());
                assertEquals(crcs.get(i), found.crc());
                assertEquals(0, member.dataOffset() % 64);
                assertEquals(
                        member.dataOffset(),
                        archive.stored(found, ByteOrder.LITTLE_ENDIAN, channel, "")
                                .offset());
                ZipEntry entry = jdk.getEntry(member.name());
                assertEquals(member.size(), entry.getSize());
                assertEquals(crcs.get(i), entry.getCrc());
            }
        }
    }

    @Test
    void refusesWhatCannotBeWrittenBeforeAnythingIs() {
        assertRefused("the tensor name 'a\\u0000' contains a NUL character; rename the tensor", ones("a\0", 1));
        assertRefused("the tensor name 'a' is given twice; rename the tensor", ones("a", 1), ones("a", 1));
        assertRefused(
                "tensor 'z' has dtype F4, which PyTorch files cannot hold; convert or remove the tensor",
                tensor("z", DType.F4, Shape.of(2), new byte[1]));
        assertRefused("there is no tensor to write; leave one at least");
    }

    /** Blocks of a tensor are written by several threads, and the checksum behind it is that of all of them. */
    @Test
    void tensorsOfManyBlocksHaveTheirChecksums() throws IOException {
        byte[] bytes = new byte[1_700_000];
        new Random(5).nextBytes(bytes);
        Path stored = temporary.resolve("stored");
        Files.write(stored, bytes);
        TensorData inFile = CheckpointFile.of(stored).data(0, bytes.length);
        TensorData inOrder = TensorData.computed(new InOrder(), DType.U8, bytes.length, (first, count, room) -> {
            ByteBuffer asked = ByteBuffer.wrap(bytes, (int) first, count);
            return (block, next) -> block.read(DType.U8, asked, next);
        });
        List<OutputTensor> tensors = List.of(
                tensor("memory", DType.U8, Shape.of(bytes.length), bytes),
                new OutputTensor("order", DType.U8, Shape.of(bytes.length), () -> inOrder),
                tensor("none", DType.U8, Shape.of(0), new byte[0]),
                new OutputTensor("file", DType.U8, Shape.of(bytes.length), () -> inFile));
        new PytorchWriter(file).write(tensors);
        assertSound(file);
        Map<String, TensorEntry> read = Checkpoint.open(file).tensors();
        for (String name : List.of("memory", "order", "file")) {
            assertEquals(ByteBuffer.wrap(bytes), TorchFiles.bytes(read.get(name)), name);
        }
    }

    @Test
    void neitherHashesNorForcesWhereThatIsNotWanted() throws IOException {
        WriteOptions plain = new WriteOptions(false, false, Part.WHOLE);
        List<WrittenFile> written = new PytorchWriter(file, plain).write(tensorsOf(fixture("torch/corners.pt")));
        assertEquals(List.of(new WrittenFile(file, Files.size(file), "")), written);
        Path hashed = temporary.resolve("hashed.pt");
        new PytorchWriter(hashed).write(tensorsOf(fixture("torch/corners.pt")));
        assertEquals(-1, Files.mismatch(hashed, file));
    }

    @Test
    void aTensorThatCannotBeReadEndsTheWritingOfAll() {
        IOException lost = new IOException("the disk is gone");
        OutputTensor failing = new OutputTensor("b", DType.U8, Shape.of(4_000_000), () -> {
            throw lost;
        });
        byte[] large = new byte[4_000_000];
        IOException thrown = assertThrows(
                IOException.class,
                () -> new PytorchWriter(file)
                        .write(List.of(tensor("a", DType.U8, Shape.of(large.length), large), failing)));
        assertSame(lost, thrown);
    }

    @Test
    void refusesOutputThatTheDiskCannotHold() {
        OutputTensor huge = new OutputTensor("a", DType.U8, Shape.of(1L << 45, 1L << 14), () -> {
            throw new AssertionError("asked for data");
        });
        FileSystemException refused =
                assertThrows(FileSystemException.class, () -> new PytorchWriter(file).write(List.of(huge)));
        assertTrue(
                refused.getMessage().matches(".*: the output takes 576460752303424\\d+ bytes, and \\d+ are free"),
                refused.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void neverOverwrites() throws IOException {
        Files.writeString(file, "precious");
        assertThrows(FileAlreadyExistsException.class, () -> new PytorchWriter(file).write(List.of(ones("a", 1))));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void failsOnDataOfAnotherSize() {
        OutputTensor wrong = tensor("a", DType.F32, Shape.of(3), new byte[8]);
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> new PytorchWriter(file).write(List.of(wrong)));
        assertEquals("tensor 'a' came with 8 bytes, but F32 [3] takes 12", refused.getMessage());
    }

    /** Every member's checksum is right, says the JDK, which compares them where it reads. */
    static void assertSound(Path archive) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                byte[] content = zip.getInputStream(entry).readAllBytes();
                assertEquals(entry.getCrc(), Checksum.of(content), entry.getName());
            }
        }
    }

    private void assertRefused(String message, OutputTensor... tensors) {
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> new PytorchWriter(file).write(List.of(tensors)));
        assertEquals(file + ": " + message, refused.getMessage());
        assertEquals(Reason.UNSUPPORTED, refused.reason());
        assertFalse(Files.exists(file));
    }

    private static long directory(Path archive) throws IOException {
        return ZipArchive.read(CheckpointFile.of(archive), ShardKind.PYTORCH.advice())
                .members()
                .values()
                .iterator()
                .next()
                .entryOffset();
    }

    static List<OutputTensor> tensorsOf(Path checkpoint) {
        Map<Object, String> firsts = new HashMap<>();
        return Checkpoint.open(checkpoint).tensors().values().stream()
                .map(entry -> new OutputTensor(
                        entry.name(),
                        entry.dtype(),
                        entry.shape(),
                        entry::data,
                        entry.storage().map(storage -> firsts.putIfAbsent(storage, entry.name()))))
                .toList();
    }

    private static OutputTensor ones(String name, int count) {
        return tensor(name, DType.U8, Shape.of(count), new byte[count]);
    }

    private static OutputTensor tensor(String name, DType dtype, Shape shape, byte[] bytes) {
        return new OutputTensor(name, dtype, shape, () -> TensorData.of(ByteBuffer.wrap(bytes)));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** What several threads cannot read at once. */
    private record InOrder() implements TensorData {
        @Override
        public long byteCount() {
            return 0;
        }

        @Override
        public ByteBuffer window(long offset, int length) {
            throw new AssertionError("nothing is read");
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new AssertionError("nothing is read");
        }
    }
}
