package io.graft.checkpoint.numpy;

import static io.graft.checkpoint.Fixtures.assertHolds;
import static io.graft.checkpoint.Fixtures.assertRefused;
import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixtures are made by {@code make_numpy.py} beside them. */
class NumpyFormatTest {
    private static final String DAMAGED = "; it seems to be a NumPy file: copy or save it again";
    private static final String RESAVE =
            "; save it with numpy.savez as numpy.ascontiguousarray of a plain little-endian"
                    + " type, or as safetensors";

    @TempDir
    Path folder;

    @Test
    void anArchiveHasTheArraysUnderTheirNames() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path("numpy/arrays.npz"));
        assertEquals("numpy", checkpoint.format());
        assertEquals("state_dict", checkpoint.content());
        assertEquals(15, checkpoint.tensors().size());
        assertHolds("numpy/arrays-expected.safetensors", checkpoint);
    }

    @Test
    void aSingleArrayHasTheNameOfItsFile() throws IOException {
        Checkpoint single = Checkpoint.open(path("numpy/single.npy"));
        assertEquals(Set.of("single"), single.tensors().keySet());
        assertArrayEquals(
                Fixtures.bytes(Checkpoint.open(path("numpy/arrays.npz"))
                        .tensors()
                        .get("encoder/weight")
                        .data()),
                Fixtures.bytes(single.tensors().get("single").data()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ':', textBlock = """
            fortran.npy    : is stored in Fortran order
            big-endian.npy : is of type >f4
            objects.npy    : is of type |O
            structured.npy : is of type [(a, <f4), (b, <i4)]
            """, quoteCharacter = '"')
    void arraysOfOtherKindsAreListed(String file, String reason) {
        Checkpoint checkpoint = Checkpoint.open(path("numpy/" + file));
        String name = file.substring(0, file.indexOf('.'));
        String message = "`" + name + "` " + reason + ", which Graft does not read" + RESAVE;
        assertEquals(List.of("only listed: " + message), checkpoint.warnings());
        assertEquals(
                checkpoint.path() + ": " + message,
                assertThrows(
                                CheckpointException.class,
                                () -> checkpoint.tensors().get(name).data().window(0, 1))
                        .getMessage());
    }

    @Test
    void aCompressedArchiveIsRefused() throws IOException {
        assertRefused(
                Reason.UNSUPPORTED,
                "'a.npy' is compressed, so its bytes cannot be reached in the file" + RESAVE,
                path("numpy/compressed.npz"));
    }

    /** Section 3 of the field reports. */
    @Test
    void oneTextArrayDoesNotLoseTheArchive() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path("numpy/text-among.npz"));
        assertEquals(Shape.of(40), checkpoint.tensors().get("names").shape());
        assertArrayEquals(
                new byte[] {0, 0, (byte) 0x80, 0x3f},
                Fixtures.bytes(checkpoint.tensors().get("weight").data()));
    }

    @Test
    void damagedHeadersAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(path("numpy/single.npy"));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has 47 bytes, but F32 [3, 4] takes 48" + DAMAGED,
                write(Arrays.copyOf(good, good.length - 1)));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has a header of 118 bytes, more than follow or are read" + DAMAGED,
                write(Arrays.copyOf(good, 60)));
        assertRefused(Reason.MALFORMED, "array 'a' is not an array of NumPy" + DAMAGED, write(Arrays.copyOf(good, 9)));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has a header that NumPy does not write" + DAMAGED,
                write(with(good, "'shape': (3, 4)", "'shape': (3,-4)")));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has the shape (99999999999999999999,)" + DAMAGED,
                write(with(good, "(3, 4), }               ", "(99999999999999999999,), }")));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has 48 bytes, but F32 [9000000000000000000] takes more than can be addressed" + DAMAGED,
                write(with(good, "(3, 4), }              ", "(9000000000000000000,), }")));
    }

    @Test
    void damagedDataAreFoundWhenTheyAreRead() throws IOException {
        byte[] bad = Files.readAllBytes(path("numpy/arrays.npz"));
        int at = new String(bad, StandardCharsets.ISO_8859_1).indexOf("} ", 64) + 90;
        bad[at] ^= 1;
        Path file = Files.write(folder.resolve("a.npz"), bad).toRealPath();
        CheckpointException damaged = assertThrows(
                CheckpointException.class,
                () -> Fixtures.bytes(
                        Checkpoint.open(file).tensors().get("encoder/weight").data()));
        assertEquals("it seems to be a NumPy file: copy or save it again", damaged.help());
        assertEquals(
                "'encoder/weight.npy' is damaged: its checksum is X, saved was X",
                damaged.detail().replaceAll("[0-9a-f]{8}", "X"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ':', textBlock = """
            (3,)         : [3]       : 12
            ()           : []        : 4
            (2, 0, 5)    : [2, 0, 5] : 0
            (2,3)        : [2, 3]    : 24
            """)
    void aShapeIsReadAsPythonWritesIt(String shape, String dimensions, int bytes) throws IOException {
        Path file = write(array(1, "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }", bytes));
        assertEquals(
                dimensions, Checkpoint.open(file).tensors().get("a").shape().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyVersionOfTheHeaderIsRead(int version) throws IOException {
        byte[] file = array(version, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", 0);
        byte[] withData = Arrays.copyOf(file, file.length + 2);
        withData[file.length + 1] = 9;
        TensorEntry entry = Checkpoint.open(write(withData)).tensors().get("a");
        assertArrayEquals(new byte[] {0, 9}, Fixtures.bytes(entry.data()));
        assertEquals(file.length, entry.range().offset());
        assertEquals(2, entry.range().length());
    }

    /** A row is the same in either order. */
    @Test
    void oneDimensionInFortranOrderIsRead() throws IOException {
        Path file = write(array(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2,), }", 4));
        assertEquals(DType.I16, Checkpoint.open(file).tensors().get("a").dtype());
    }

    @Test
    void arraysHaveSixtyFourDimensionsAtMost() throws IOException {
        String most = "1, ".repeat(64);
        assertEquals(
                64,
                Checkpoint.open(write(array(1, header(most), 4)))
                        .tensors()
                        .get("a")
                        .shape()
                        .rank());
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has more than 64 dimensions" + DAMAGED,
                write(array(1, header(most + "1"), 4)));
    }

    @Test
    void aHeaderLongerThanAnyIsNotRead() throws IOException {
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has a header of 4087 bytes, more than follow or are read" + DAMAGED,
                write(array(1, " ".repeat(4_086), 4)));
        assertRefused(
                Reason.MALFORMED,
                "array 'a' has a header of 4294967295 bytes, more than follow or are read" + DAMAGED,
                write(Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1}, 100)));
    }

    @Test
    void aFileThatIsNoArrayIsCalledByItsWholeName() throws IOException {
        Path file = Files.write(
                folder.resolve("weights.bin"), array(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }", 1));
        assertEquals(Set.of("weights.bin"), Checkpoint.open(file).tensors().keySet());
    }

    @Test
    void noPickleIsReadFromArrays() {
        assertFalse(Checkpoint.isPickled(path("numpy/arrays.npz"), getClass().getClassLoader()));
        assertFalse(Checkpoint.isPickled(path("numpy/single.npy"), getClass().getClassLoader()));
    }

    private static String header(String shape) {
        return "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    }

    /** A file of zeros, with a header that is not padded. */
    private static byte[] array(int version, String dict, int bytes) {
        int length = dict.length() + 1;
        ByteBuffer file = ByteBuffer.allocate((version == 1 ? 10 : 12) + length + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            file.putShort((short) length);
        } else {
            file.putInt(length);
        }
        return file.put((dict + "\n").getBytes(StandardCharsets.US_ASCII)).array();
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("a.npy"), content);
    }

    /** Replaces a text by one of the same length, or shifts the padding. */
    private static byte[] with(byte[] good, String from, String to) {
        String text = new String(good, StandardCharsets.ISO_8859_1);
        int start = text.indexOf(from);
        String changed = text.substring(0, start) + to + text.substring(start + to.length());
        return changed.getBytes(StandardCharsets.ISO_8859_1);
    }
}
