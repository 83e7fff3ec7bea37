package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.zip;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are damaged, ambiguous or of another kind: cases K21 to K24 and K32 to K34. */
class ContainerRefusalTest {
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";
    private static final Map<String, ?> ROOT = Map.of("a", floats("0", 4));
    private static final byte[] FOUR = TorchFiles.floats(1, 2, 3, 4);

    private static final byte[] LEGACY_HEAD =
            concat(Pickle.ofOpcodes("\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\31"), Pickle.of(1001L));

    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    @Test
    void k21TwoTopFolders() {
        files.assertRefused(
                Reason.REFUSED,
                "the archive has members outside of its folder 'archive/': 'other/data/0'" + HOSTILE,
                zip(ROOT).stored("other/data/0", FOUR));
    }

    @Test
    void k22TruncatedArchive() {
        byte[] whole = zipWithFour(ROOT).build();
        files.assertRefused(
                Reason.MALFORMED,
                "a zip archive that is cut short: the file has 100 bytes, and the archive's end record is not among them"
                        + DAMAGED,
                Arrays.copyOf(whole, 100));
        for (int length = 4; length < whole.length; length++) {
            Path file = files.write(Arrays.copyOf(whole, length));
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> open(file));
            assertEquals(Reason.MALFORMED, refusal.reason());
        }
    }

    @Test
    void k22BytesMissingInTheMiddle() {
        byte[] whole = zipWithFour(ROOT).build();
        byte[] holed = new byte[whole.length - 16];
        System.arraycopy(whole, 0, holed, 0, 60);
        System.arraycopy(whole, 76, holed, 60, holed.length - 60);
        int size = directorySize(whole);
        int offset = whole.length - 22 - size;
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's directory is said to be " + size + " bytes at byte " + offset + ", but it ends at byte "
                        + (offset + size - 16) + "; bytes are missing, or others stand before the archive" + DAMAGED,
                holed);
    }

    @Test
    void k23JunkBeforeTheArchive() throws IOException {
        byte[] whole = zipWithFour(ROOT).build();
        byte[] shifted = concat("junk".getBytes(StandardCharsets.US_ASCII), whole);
        int size = directorySize(whole);
        int offset = whole.length - 22 - size;
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's directory is said to be " + size + " bytes at byte " + offset + ", but it ends at byte "
                        + (offset + size + 4) + "; bytes are missing, or others stand before the archive" + DAMAGED,
                shifted);
        assertTrue(recognizes(files.write(shifted)));
    }

    @Test
    void k23JunkBeforeAnArchiveWhoseOffsetsWereMoved() {
        Zip zip = new Zip();
        zip.stored("hidden", "junk");
        byte[] whole = zip.stored("archive/data.pkl", Pickle.of(ROOT)).build();
        // The directory's first entry is cut out, so that nothing tells of the first member any more.
        int size = directorySize(whole);
        int offset = whole.length - 22 - size;
        int entry = 46 + "hidden".length();
        byte[] cut = concat(Arrays.copyOf(whole, offset), Arrays.copyOfRange(whole, offset + entry, whole.length));
        ByteBuffer end = ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN);
        end.putShort(cut.length - 14, (short) 1)
                .putShort(cut.length - 12, (short) 1)
                .putInt(cut.length - 10, size - entry);
        files.assertRefused(
                Reason.REFUSED,
                "the archive begins at byte 40; what stands before it is not part of it" + HOSTILE,
                cut);
    }

    @Test
    void k24UnknownByteOrder() {
        for (String order : List.of("middle", "Little", "", "x".repeat(100))) {
            files.assertRefused(
                    Reason.MALFORMED,
                    "'archive/byteorder' is neither 'little' nor 'big'" + DAMAGED,
                    zipWithFour(ROOT).stored("archive/byteorder", order));
        }
    }

    @Test
    void k32ChecksumOfAStorageIsComparedBeforeItsBytesAreGivenOut() {
        TensorEntry entry = files.open(zip(ROOT).storedWithCrc("archive/data/0", FOUR, 0x12345678))
                .tensors()
                .get("a");
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        for (CheckpointException damaged : List.of(
                assertThrows(CheckpointException.class, () -> entry.data().window(0, 4)),
                assertThrows(CheckpointException.class, () -> entry.data().transferTo(Channels.newChannel(target))))) {
            assertEquals("'archive/data/0' is damaged: its checksum is 8ba71454, saved was 12345678", damaged.detail());
        }
        assertEquals(0, target.size());
    }

    @Test
    void k32ChecksumOfAStridedViewIsComparedToo() {
        Map<String, ?> root =
                Map.of("a", Pickle.tensor(Pickle.storage("FloatStorage", "0", 4), 0, List.of(2L, 2L), List.of(1L, 2L)));
        TensorEntry entry = files.open(zip(root).storedWithCrc("archive/data/0", FOUR, 1))
                .tensors()
                .get("a");
        assertThrows(CheckpointException.class, () -> entry.data().window(0, 4));
        assertThrows(
                CheckpointException.class,
                () -> entry.data().transferTo(Channels.newChannel(new ByteArrayOutputStream())));
    }

    @Test
    void k32ChecksumOfThePickleIsCompared() {
        byte[] pickle = Pickle.of(ROOT);
        Path file = files.write(new Zip()
                .storedWithCrc("archive/data.pkl", pickle, 0xabc)
                .stored("archive/data/0", FOUR)
                .build());
        CheckpointException damaged = assertThrows(CheckpointException.class, () -> open(file));
        assertTrue(
                damaged.detail()
                        .matches("'archive/data.pkl' is damaged: its checksum is [0-9a-f]{8}, saved was 00000abc"),
                damaged::detail);
    }

    @Test
    void k32AChecksumOfZeroWasNotComputed() throws IOException {
        TensorEntry entry = files.open(new Zip()
                        .storedWithCrc("archive/data.pkl", Pickle.of(ROOT), 0)
                        .storedWithCrc("archive/data/0", FOUR, 0))
                .tensors()
                .get("a");
        assertEquals(ByteBuffer.wrap(FOUR), TorchFiles.bytes(entry));
    }

    @Test
    void k33JunkAfterTheArchive() {
        byte[] whole = zipWithFour(ROOT).build();
        files.assertRefused(
                Reason.REFUSED,
                "the archive ends at byte " + whole.length + ", but the file has " + (whole.length + 4)
                        + " bytes; what follows is not part of it" + HOSTILE,
                concat(whole, "junk".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void k34TwoPickles() {
        files.assertRefused(
                Reason.REFUSED,
                "two members are called 'archive/data.pkl'" + HOSTILE,
                zipWithFour(ROOT).stored("archive/data.pkl", Pickle.of(Map.of())));
        files.assertRefused(
                Reason.REFUSED,
                "the archive has members outside of its folder 'archive/': 'b/data.pkl'" + HOSTILE,
                zipWithFour(ROOT).stored("b/data.pkl", Pickle.of(Map.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive/../x", "archive//x", "/archive/x", "archive/a\\b", "archive/./x"})
    void namesThatArePaths(String name) {
        files.assertRefused(
                Reason.REFUSED,
                "a member of the archive is called " + Refusals.quote(name) + HOSTILE,
                zipWithFour(ROOT).stored(name, "x"));
    }

    @Test
    void aNameThatIsNotText() {
        byte[] whole = zipWithFour(ROOT).stored("archive/#", "").build();
        for (int i = 0; i < whole.length; i++) {
            whole[i] = whole[i] == '#' ? (byte) 0xff : whole[i];
        }
        files.assertRefused(Reason.MALFORMED, "a member of the archive has a name that is not text" + DAMAGED, whole);
    }

    @Test
    void foldersAsMembersAreFine() {
        assertEquals(
                1,
                files.open(new Zip()
                                .stored("archive/", "")
                                .stored("archive/data.pkl", Pickle.of(ROOT))
                                .stored("archive/data/", "")
                                .stored("archive/data/0", FOUR))
                        .tensors()
                        .size());
    }

    @Test
    void compressedStorages() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "'archive/data/0' is compressed, so its bytes cannot be reached in the file;"
                        + " save the checkpoint again with torch.save, which stores tensors as they are",
                zip(ROOT).deflated("archive/data/0", FOUR));
    }

    @Test
    void anUnknownWayOfPacking() {
        byte[] pickle = Pickle.of(ROOT);
        files.assertRefused(
                Reason.UNSUPPORTED,
                "'archive/data.pkl' is packed with method 12; save it again with torch.save",
                new Zip().member("archive/data.pkl", 12, 0, pickle, pickle.length, 0));
    }

    @Test
    void encryptedMembers() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "'archive/x' is encrypted; decrypt the archive first",
                zip(ROOT).member("archive/x", 0, 0, FOUR, FOUR.length, 1));
    }

    @Test
    void aPickleThatInflatesToOtherThanItsDeclaredSize() {
        byte[] bomb = new byte[1 << 20];
        Arrays.fill(bomb, (byte) ']');
        bomb[0] = (byte) 0x80;
        bomb[1] = 2;
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl' ends inside the pickle, after 1000 bytes" + DAMAGED,
                new Zip().deflated("archive/data.pkl", bomb, 1000));
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl' has 268435457 bytes; at most 268435456 are read" + HOSTILE,
                new Zip().deflated("archive/data.pkl", bomb, (256 << 20) + 1));
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl' cannot be inflated" + DAMAGED,
                new Zip().member("archive/data.pkl", 8, 0, new byte[] {6, 7, 8, 9, 10}, 100, 0));
    }

    @Test
    void directoriesThatDoNotFitTheirMembers() {
        byte[] pickle = Pickle.of(ROOT);
        byte[] lying = zipWithFour(ROOT).build();
        ByteBuffer.wrap(lying).put(30, (byte) 'X');
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's directory and the header at byte 0 differ on 'archive/data.pkl'" + DAMAGED,
                lying);
        files.assertRefused(
                Reason.MALFORMED,
                "the directory gives 'archive/data.pkl' impossible sizes" + DAMAGED,
                new Zip().member("archive/data.pkl", 0, 0, pickle, 7, 0));
        byte[] overlapping = new Zip()
                .stored("archive/data.pkl", pickle)
                .stored("archive/data/0", FOUR)
                .build();
        int entry = overlapping.length - 22 - directorySize(overlapping);
        ByteBuffer.wrap(overlapping)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(entry + 20, 1 << 20)
                .putInt(entry + 24, 1 << 20);
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl' is said to have 1048576 bytes, but only " + pickle.length
                        + " lie before what follows it" + DAMAGED,
                overlapping);
    }

    @Test
    void directoriesOfTooManyMembers() {
        byte[] whole = zipWithFour(ROOT).buildZip64();
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(whole.length - 22 - 20 - 56 + 32, 500_001);
        int size = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(whole.length - 22 - 20 - 56 + 40);
        files.assertRefused(
                Reason.REFUSED,
                "the archive lists 500001 members in " + size + " bytes; at most 500000 in 134217728 bytes are read"
                        + HOSTILE,
                whole);
    }

    /** Field reports, section 6: {@code .keras}, {@code .mar} and the zip of Stable-Baselines. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model.weights.h5 | a Keras model | save its weights with safetensors.numpy.save_file in Python, by the names that they shall have
            MAR-INF/MANIFEST.json | a model archive of TorchServe | unpack it and give the file that MAR-INF/MANIFEST.json calls serializedFile
            _stable_baselines3_version | a model of Stable-Baselines3 | unpack it and give policy.pth
            arrays/a.npy | an archive of NumPy arrays among other files | unpack it and save its arrays with numpy.savez
            """)
    void archivesOfOthersAreNamed(String member, String kind, String help) {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "this is " + kind + "; " + help,
                new Zip().stored("first", new byte[] {1}).stored(member, new byte[] {1}));
    }

    @Test
    void otherZipArchives() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "this is a zip archive without data.pkl, so not written by torch.save; give a file made by torch.save or safetensors",
                new Zip().stored("word/document.xml", "<x/>"));
        files.assertRefused(
                Reason.UNSUPPORTED,
                "this is a zip archive without data.pkl, so not written by torch.save; give a file made by torch.save or safetensors",
                new Zip());
    }

    @Test
    void theContainerOfBeforePytorch16WhenItIsCutShort() {
        byte[] whole = read(fixture("torch/corners-legacy.pt"));
        for (int length = 20; length < whole.length; length += 3) {
            Path file = files.write(Arrays.copyOf(whole, length));
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> open(file));
            assertEquals(Reason.MALFORMED, refusal.reason(), refusal::getMessage);
        }
        files.assertRefused(
                Reason.MALFORMED,
                "storage '0' needs 4 elements of 4 bytes, but the file ends after 15 bytes" + DAMAGED,
                Arrays.copyOf(legacy(ROOT, List.of("0"), 4, FOUR), legacy(ROOT, List.of("0"), 4, FOUR).length - 1));
        files.assertRefused(
                Reason.MALFORMED,
                "the file is cut short: it ends after " + legacy(ROOT, List.of("0"), 4).length
                        + " bytes, before the size of a storage" + DAMAGED,
                legacy(ROOT, List.of("0"), 4));
    }

    @Test
    void theContainerOfBeforePytorch16WhenItsPartsDoNotFit() {
        files.assertRefused(
                Reason.MALFORMED,
                "the list of storages does not fit the object" + DAMAGED,
                legacy(ROOT, List.of("1"), 4, FOUR));
        files.assertRefused(
                Reason.MALFORMED,
                "the list of storages does not fit the object" + DAMAGED,
                legacy(ROOT, List.of("0", "0"), 4, FOUR, FOUR));
        files.assertRefused(Reason.MALFORMED, "the list of storages is a dict" + DAMAGED, legacy(ROOT, Map.of(), 4));
        files.assertRefused(
                Reason.MALFORMED,
                "tensor 'a' needs storage '0', which the file lacks" + DAMAGED,
                legacy(ROOT, List.of(), 4));
        files.assertRefused(
                Reason.MALFORMED,
                "tensor 'a' needs 4 elements of 4 bytes in '0', which has 12 bytes" + DAMAGED,
                legacy(ROOT, List.of("0"), 3, Arrays.copyOf(FOUR, 12)));
        byte[] whole = legacy(ROOT, List.of("0"), 4, FOUR);
        files.assertRefused(
                Reason.REFUSED,
                "the storages end at byte " + whole.length + ", but the file has " + (whole.length + 1)
                        + " bytes; what follows is not part of it" + HOSTILE,
                concat(whole, new byte[1]));
    }

    @Test
    void theContainerOfBeforePytorch16FromABigEndianMachine() throws IOException {
        byte[] pickles = concat(
                concat(LEGACY_HEAD, Pickle.of(Map.of("little_endian", false))),
                concat(Pickle.of(ROOT), Pickle.of(List.of("0"))));
        ByteBuffer storage = ByteBuffer.allocate(24).putLong(4);
        storage.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        TensorEntry entry =
                open(files.write(concat(pickles, storage.array()))).tensors().get("a");
        assertEquals(ByteBuffer.wrap(FOUR), TorchFiles.bytes(entry));
    }

    @Test
    void theContainerOfBeforePytorch16OfAnotherVersion() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "a PyTorch file of before 1.6, in a version other than 1001; save it again with a current torch.save",
                concat(Arrays.copyOf(LEGACY_HEAD, 15), Pickle.of(1000L)));
        files.assertRefused(
                Reason.MALFORMED,
                "the machine facts of the file lack 'little_endian'" + DAMAGED,
                concat(LEGACY_HEAD, Pickle.of(Map.of())));
        files.assertRefused(
                Reason.UNSUPPORTED,
                "storage '0' is a torch.QUInt4x2Storage, which Graft does not read;"
                        + " load it in Python and save it as plain tensors",
                legacy(Map.of("a", Pickle.storage("QUInt4x2Storage", "0", 4)), List.of("0"), 4, FOUR));
    }

    @Test
    void barePickles() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "a bare pickle, not a checkpoint; give a file made by torch.save or safetensors",
                Pickle.of(Map.of("a", 1L)));
        files.assertRefused(
                Reason.REFUSED,
                "the pickle, byte 13: the file asks to run posix.system; nothing was run" + HOSTILE,
                read(fixture("hostile/payload-legacy.pt")));
    }

    @Test
    void otherFilesAreNotTaken() throws IOException {
        assertFalse(recognizes(fixture("hostile/html.ckpt")));
        assertFalse(recognizes(fixture("m43/init.safetensors")));
        byte[] header640 = new byte[700];
        header640[0] = (byte) 0x80;
        header640[1] = 2;
        header640[8] = '{';
        assertFalse(recognizes(files.write(header640)));
        assertFalse(recognizes(files.write(new byte[0])));
        assertTrue(recognizes(fixture("torch/corners.pt")));
        assertTrue(recognizes(fixture("torch/corners-legacy.pt")));
    }

    /** A file of before PyTorch 1.6 whose storages all claim {@code count} elements. */
    private static byte[] legacy(Object root, Object keys, long count, byte[]... storages) {
        byte[] file = concat(
                concat(LEGACY_HEAD, Pickle.of(Map.of("little_endian", true))),
                concat(Pickle.of(root), Pickle.of(keys)));
        for (byte[] storage : storages) {
            ByteBuffer size =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(count);
            file = concat(concat(file, size.array()), storage);
        }
        return file;
    }

    private static boolean recognizes(Path file) throws IOException {
        byte[] content = read(file);
        ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(content, Math.min(content.length, 512)));
        return new PytorchFormat().recognizes(file, head.order(ByteOrder.LITTLE_ENDIAN));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static int directorySize(byte[] archive) {
        return ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getInt(archive.length - 10);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
