package io.graft.checkpoint.safetensors;

import static io.graft.checkpoint.safetensors.Bytes.entry;
import static io.graft.checkpoint.safetensors.Bytes.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases that a safetensors reader must accept or refuse, by the ids under which they are known. */
class SafetensorsRulesTest {
    private static final String AGAIN =
            "; it seems to be a safetensors file: get it again from its source or save it again";
    private static final String A = entry("a", "F32", "[2]", 0, 8);

    @TempDir
    Path folder;

    @Test
    @DisplayName("S1 header longer than the rest of the file")
    void s1() throws IOException {
        Path file =
                Bytes.file(folder.resolve("f"), 50_000_000, header(A).getBytes(StandardCharsets.UTF_8), new byte[8]);
        assertRefused(Reason.MALFORMED, "cut off: the header claims 50000000 bytes, and 62 follow", file);
    }

    @Test
    @DisplayName("S2 header above the limit")
    void s2() throws IOException {
        Path file =
                Bytes.file(folder.resolve("f"), 100_000_001, header(A).getBytes(StandardCharsets.UTF_8), new byte[8]);
        assertRefused(Reason.REFUSED, "the header claims 100000001 bytes, and the format allows 100000000", file);
        Path unsigned = Bytes.file(folder.resolve("g"), -1, header(A).getBytes(StandardCharsets.UTF_8), new byte[8]);
        assertRefused(
                Reason.REFUSED,
                "the header claims 18446744073709551615 bytes, and the format allows 100000000",
                unsigned);
    }

    @Test
    @DisplayName("S3 empty header")
    void s3() throws IOException {
        Path file = Bytes.file(folder.resolve("f"), 0, new byte[0], new byte[8]);
        CheckpointException direct = assertThrows(CheckpointException.class, () -> new SafetensorsFormat().open(file));
        assertEquals("the header claims 0 bytes, too few for a JSON object", direct.detail());
        CheckpointException opened = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals(Reason.UNRECOGNISED, opened.reason());
    }

    @Test
    @DisplayName("S4 file cut inside the header or the data")
    void s4() throws IOException {
        byte[] header = header(A).getBytes(StandardCharsets.UTF_8);
        Path inData = Bytes.file(folder.resolve("f"), header.length, header, new byte[7]);
        assertRefused(Reason.MALFORMED, "the header describes a file of 70 bytes, but it has 69 (cut off)", inData);
        Path inHeader =
                Bytes.file(folder.resolve("g"), header.length, "{\"a\":".getBytes(StandardCharsets.UTF_8), new byte[0]);
        assertRefused(Reason.MALFORMED, "cut off: the header claims 54 bytes, and 5 follow", inHeader);
        Path tooLong = Bytes.file(folder.resolve("h"), header.length, header, new byte[9]);
        assertRefused(Reason.MALFORMED, "the header describes a file of 70 bytes, but it has 71", tooLong);
        Path inLength = Files.write(folder.resolve("i"), new byte[] {1, 0, 0});
        CheckpointException direct =
                assertThrows(CheckpointException.class, () -> new SafetensorsFormat().open(inLength));
        assertEquals("cut off: the file has 3 bytes, and a header alone takes more than 8", direct.detail());
    }

    @Test
    @DisplayName("S6 garbage instead of JSON")
    void s6() throws IOException {
        assertHeaderRefused("the header is not valid JSON (at character 1)", "{garbage}", 0);
        byte[] notText = {'{', (byte) 0xff, (byte) 0xfe, '}'};
        assertRefused(Reason.MALFORMED, "the header is not UTF-8", Bytes.file(folder.resolve("g"), notText, 0));
    }

    @Test
    @DisplayName("S7 byte order mark before the JSON")
    void s7() throws IOException {
        assertHeaderRefused("the header does not begin with '{'", "\ufeff" + header(A), 8);
    }

    @Test
    @DisplayName("S8 NaN or Infinity")
    void s8() throws IOException {
        assertHeaderRefused("the header is not valid JSON (at character 32)", A("[NaN]"), 8);
        assertHeaderRefused("the header is not valid JSON (at character 37)", A("[Infinity]"), 8);
    }

    @Test
    @DisplayName("S9 half of a surrogate pair")
    void s9() throws IOException {
        assertHeaderRefused(
                "the header holds a text that contains half of a surrogate pair: 'x\\ud800'",
                header(entry("x\\ud800", "F32", "[2]", 0, 8)),
                8);
        assertHeaderRefused(
                "the header holds a text that contains half of a surrogate pair: '\\udc00y'",
                "{\"__metadata__\":{\"k\":\"\\udc00y\"}," + A + "}",
                8);
    }

    @Test
    @DisplayName("S11 comment")
    void s11() throws IOException {
        assertHeaderRefused("the header is not valid JSON (at character 1)", "{/* hello */" + A + "}", 8);
    }

    @Test
    @DisplayName("S12 leading zero, exponent, sign, fraction")
    void s12() throws IOException {
        assertHeaderRefused("the header is not valid JSON (at character 30)", A("[02]"), 8);
        String plain = "shape of tensor 'a' must hold whole numbers from 0 on, written plainly";
        assertHeaderRefused(plain, A("[2e0]"), 8);
        assertHeaderRefused(plain, A("[-0]"), 8);
        assertHeaderRefused(plain, A("[2.0]"), 8);
    }

    @Test
    @DisplayName("S13 deep nesting")
    void s13() throws IOException {
        assertHeaderRefused(
                "shape of tensor 'a' must hold whole numbers from 0 on, written plainly", A("[".repeat(1_000_000)), 8);
        assertHeaderRefused("dtype of tensor 'a' must be a text", "{\"a\":{\"dtype\":" + "{\"a\":".repeat(100_000), 8);
    }

    @Test
    @DisplayName("S14 array on top")
    void s14() throws IOException {
        assertHeaderRefused("the header does not begin with '{'", "[" + header(A) + "]", 8);
    }

    @Test
    @DisplayName("S16 duplicate field in an entry, duplicate tensor")
    void s16() throws IOException {
        assertHeaderRefused(
                "the header holds dtype of tensor 'a' twice",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                8);
        assertHeaderRefused("the header holds tensor 'a' twice", header(A, A), 8);
    }

    @Test
    @DisplayName("S17 duplicate __metadata__, duplicate key in it")
    void s17() throws IOException {
        String metadata = "\"__metadata__\":{\"k\":\"v\"}";
        assertHeaderRefused("the header holds __metadata__ twice", header(metadata, metadata, A), 8);
        assertHeaderRefused(
                "the header holds __metadata__ 'k' twice", header("\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}", A), 8);
    }

    @Test
    @DisplayName("S18 missing field")
    void s18() throws IOException {
        assertHeaderRefused("tensor 'a' has no dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        assertHeaderRefused("tensor 'a' has no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8);
        assertHeaderRefused("tensor 'a' has no data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8);
    }

    @Test
    @DisplayName("S19 unknown field in an entry")
    void s19() throws IOException {
        assertHeaderRefused(
                "tensor 'a' has a field 'strides'; the format has dtype, shape and data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"strides\":[1],\"shape\":[2],\"data_offsets\":[0,8]}}",
                8);
    }

    @Test
    @DisplayName("S21 gap, overlap, data that do not begin at 0")
    void s21() throws IOException {
        assertHeaderRefused(
                "the data of 'b' begin at byte 16, leaving a gap after 'a', which ends at 8",
                header(A, entry("b", "F32", "[2]", 16, 24)),
                24);
        assertHeaderRefused(
                "the data of 'b' begin at byte 4, overlapping 'a', which ends at 8",
                header(A, entry("b", "F32", "[2]", 4, 12)),
                12);
        assertHeaderRefused(
                "the data of 'a' begin at byte 8, leaving a gap after the start of the data",
                header(entry("a", "F32", "[2]", 8, 16)),
                16);
    }

    @Test
    @DisplayName("S22 range of another size than dtype and shape take")
    void s22() throws IOException {
        assertHeaderRefused("tensor 'a' has 8 bytes, but F32 [3] takes 12", A("[3]"), 8);
        assertHeaderRefused(
                "data_offsets of tensor 'a' end at 0, before they begin at 8",
                header(entry("a", "F32", "[2]", 8, 0)),
                8);
        assertHeaderRefused(
                "data_offsets of tensor 'a' must hold two numbers, begin and end",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
                8);
    }

    @Test
    @DisplayName("S23 negative size")
    void s23() throws IOException {
        assertHeaderRefused("shape of tensor 'a' must hold whole numbers from 0 on, written plainly", A("[-2]"), 8);
    }

    @Test
    @DisplayName("S24 fraction, text or null as a size")
    void s24() throws IOException {
        String plain = "shape of tensor 'a' must hold whole numbers from 0 on, written plainly";
        assertHeaderRefused(plain, A("[2.5]"), 8);
        assertHeaderRefused(plain, A("[\"2\"]"), 8);
        assertHeaderRefused(plain, A("[null]"), 8);
        assertHeaderRefused("shape of tensor 'a' must be a list", A("2"), 8);
    }

    @Test
    @DisplayName("S26 huge sizes before a zero")
    void s26() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' has a dimension of 2^48 or more: 281474976710656",
                file(header(entry("a", "F32", "[281474976710656,281474976710656,0]", 0, 0)), 0));
        assertRefused(
                Reason.REFUSED,
                "tensor 'a' has the shape [140737488355328, 140737488355328, 0], more than can be addressed",
                file(header(entry("a", "F32", "[140737488355328,140737488355328,0]", 0, 0)), 0));
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' holds a number of more than 18 digits",
                file(header(entry("a", "F32", "[18446744073709551615]", 0, 0)), 0));
    }

    @Test
    @DisplayName("S27 huge sizes after a zero")
    void s27() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' has a dimension of 2^48 or more: 281474976710656",
                file(header(entry("a", "F32", "[0,281474976710656,281474976710656]", 0, 0)), 0));
        assertRefused(
                Reason.REFUSED,
                "tensor 'a' has the shape [0, 140737488355328, 140737488355328], more than can be addressed",
                file(header(entry("a", "F32", "[0,140737488355328,140737488355328]", 0, 0)), 0));
    }

    @Test
    @DisplayName("S28 metadata that is not text")
    void s28() throws IOException {
        assertHeaderRefused("__metadata__ 'k' must be a text", header("\"__metadata__\":{\"k\":1}", A), 8);
        assertHeaderRefused("__metadata__ 'k' must be a text", header("\"__metadata__\":{\"k\":{}}", A), 8);
    }

    @Test
    @DisplayName("S29 null metadata")
    void s29() throws IOException {
        assertHeaderRefused("__metadata__ must be an object", header("\"__metadata__\":null", A), 8);
    }

    @Test
    @DisplayName("S31 a name that looks like a path is text")
    void s31() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(file(header(entry("../../etc/passwd", "F32", "[2]", 0, 8)), 8));
        assertEquals(
                List.of("../../etc/passwd"), List.copyOf(checkpoint.tensors().keySet()));
    }

    @Test
    @DisplayName("S32 NUL in a name")
    void s32() throws IOException {
        assertHeaderRefused(
                "the header holds a text that contains a NUL character: 'a\\u0000b'",
                header(entry("a\\u0000b", "F32", "[2]", 0, 8)),
                8);
    }

    @Test
    @DisplayName("S33 control characters in a name are text, and escaped in messages")
    void s33() throws IOException {
        String name = "a\\u001b[31mred\\n";
        Checkpoint checkpoint = Checkpoint.open(file(header(entry(name, "F32", "[2]", 0, 8)), 8));
        assertEquals(
                List.of("a\u001b[31mred\n"), List.copyOf(checkpoint.tensors().keySet()));
        assertHeaderRefused(
                "tensor 'a\\u001b[31mred\\u000a' has 8 bytes, but F32 [3] takes 12",
                header(entry(name, "F32", "[3]", 0, 8)),
                8);
    }

    @Test
    @DisplayName("S34 BOOL byte other than 0 and 1")
    void s34() throws IOException {
        byte[] header = header(entry("mask", "BOOL", "[3]", 0, 3)).getBytes(StandardCharsets.UTF_8);
        Path good = Bytes.file(folder.resolve("g"), header.length, header, new byte[] {0, 1, 1});
        TensorEntry mask = Checkpoint.open(good).tensors().get("mask");
        assertArrayEquals(new byte[] {0, 1, 1}, Fixtures.bytes(mask.data()));
        ByteArrayOutputStream copied = new ByteArrayOutputStream();
        mask.data().transferTo(Channels.newChannel(copied));
        assertArrayEquals(new byte[] {0, 1, 1}, copied.toByteArray());

        Path bad = Bytes.file(folder.resolve("b"), header.length, header, new byte[] {0, 2, 1});
        TensorEntry wrong = Checkpoint.open(bad).tensors().get("mask");
        String message = bad.toRealPath() + ": tensor 'mask' is BOOL and holds a byte other than 0 and 1" + AGAIN;
        assertEquals(
                message,
                assertThrows(CheckpointException.class, () -> wrong.data().window(0, 3))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(
                                CheckpointException.class,
                                () -> wrong.data().transferTo(Channels.newChannel(new ByteArrayOutputStream())))
                        .getMessage());
    }

    @Test
    @DisplayName("S36 rank 70")
    void s36() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' has more than 64 dimensions",
                file(header(entry("a", "F32", "[" + "1,".repeat(69) + "2]", 0, 8)), 8));
        Checkpoint widest = Checkpoint.open(file(header(entry("a", "F32", "[" + "1,".repeat(63) + "2]", 0, 8)), 8));
        assertEquals(64, widest.tensors().get("a").shape().rank());
    }

    @Test
    @DisplayName("S37 white space before the JSON")
    void s37() throws IOException {
        assertHeaderRefused("the header does not begin with '{'", "  " + header(A), 8);
    }

    @Test
    @DisplayName("S38 packed dtypes")
    void s38() throws IOException {
        for (String dtype : List.of("F4", "F6_E2M3", "F6_E3M2")) {
            int bytes = dtype.equals("F4") ? 4 : 6;
            Checkpoint opened = Checkpoint.open(file(header(entry("a", dtype, "[8]", 0, bytes)), bytes));
            CheckpointException refused = assertThrows(
                    CheckpointException.class,
                    () -> opened.tensors().get("a").data().window(0, 1));
            assertEquals(Reason.UNSUPPORTED, refused.reason());
            assertEquals("`a` has dtype " + dtype + ", whose elements do not fill whole bytes", refused.detail());
            assertHeaderRefused(
                    "tensor 'a' of " + dtype + " [3] does not fill whole bytes",
                    header(entry("a", dtype, "[3]", 0, 2)),
                    2);
            assertEquals("save it with another dtype; Graft reads those of 8 bits and more", refused.help());
        }
    }

    @Test
    @DisplayName("S39 file changed after its header was read")
    void s39() throws IOException {
        Path file = file(header(A), 8);
        TensorEntry a = Checkpoint.open(file).tensors().get("a");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertChanged(file, "has changed since its header was read", a);

        TensorEntry again = Checkpoint.open(file).tensors().get("a");
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(65);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertChanged(file, "has changed since its header was read", again);

        Files.delete(file);
        assertChanged(folder.toRealPath().resolve("f"), "is gone since its header was read", again);
    }

    @Test
    void takesTrailingSpacesAndUnpaddedHeaders() throws IOException {
        for (String padding : List.of("", " ", "       ", "\n\t\r")) {
            Checkpoint checkpoint = Checkpoint.open(file(header(A) + padding, 8));
            long offset = 8L + header(A).length() + padding.length();
            assertEquals(
                    new ByteRange(checkpoint.path(), offset, 8),
                    checkpoint.tensors().get("a").range());
        }
        assertHeaderRefused("the header goes on after its JSON object", header(A) + header(A), 8);
        assertHeaderRefused("the header is not valid JSON (at character 54)", header(A) + "\0", 8);
    }

    @Test
    void takesScalarsAndEmptyTensorsInAnyOrderOfTheHeader() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(file(
                header(
                        entry("last", "I64", "[]", 4, 12),
                        entry("none", "F32", "[0,3]", 4, 4),
                        entry("first", "F16", "[2]", 0, 4)),
                12));
        assertEquals(
                List.of("last", "none", "first"),
                List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(Shape.SCALAR, checkpoint.tensors().get("last").shape());
        assertEquals(0, checkpoint.tensors().get("none").data().byteCount());
        assertEquals(DType.F16, checkpoint.tensors().get("first").dtype());
        assertEquals("safetensors", checkpoint.format());
        assertEquals("state_dict", checkpoint.content());
    }

    @Test
    void readsMetadataInTheFilesOrder() throws IOException {
        Checkpoint checkpoint =
                Checkpoint.open(file(header("\"__metadata__\":{\"z\":\"1\",\"format\":\"pt\",\"a\":\"\"}", A), 8));
        assertEquals("{z=1, format=pt, a=}", checkpoint.metadata().toString());
    }

    @Test
    void refusesFilesWithoutTensors() throws IOException {
        assertHeaderRefused("the file holds 0 tensors", "{}", 0);
        assertHeaderRefused("the file holds 0 tensors", "{\"__metadata__\":{\"format\":\"pt\"}}", 0);
    }

    @Test
    void refusesUnknownDtypes() throws IOException {
        assertHeaderRefused("tensor 'a' has the unknown dtype 'F33'", header(entry("a", "F33", "[2]", 0, 8)), 8);
        assertHeaderRefused("tensor 'a' has the unknown dtype 'C128'", header(entry("a", "C128", "[2]", 0, 32)), 32);
    }

    @Test
    void refusesTextsThatAreTooLong() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "the header nests too deep or holds a name, text or number that is too long",
                file(header(entry("n".repeat(70_000), "F32", "[2]", 0, 8)), 8));
    }

    @Test
    void refusesUtf16() throws IOException {
        assertRefused(
                Reason.MALFORMED,
                "the header is not valid JSON (at character 1)",
                Bytes.file(folder.resolve("f"), header(A).getBytes(StandardCharsets.UTF_16LE), 8));
    }

    @Test
    void opensRealFiles() throws IOException {
        Checkpoint bert = Checkpoint.open(Fixtures.path("bert/hf.safetensors"));
        assertEquals(Map.of("format", "pt"), bert.metadata());
        assertEquals(
                Shape.of(40, 32),
                bert.tensors().get("embeddings.position_embeddings.weight").shape());
        Checkpoint half = Checkpoint.open(Fixtures.path("bert/hf-bf16.safetensors"));
        assertEquals(bert.tensors().keySet(), half.tensors().keySet());
        assertEquals(
                DType.BF16,
                half.tensors().get("embeddings.position_embeddings.weight").dtype());
        Checkpoint epd = Checkpoint.open(Fixtures.path("epd/model.safetensors"));
        assertEquals(Shape.SCALAR, epd.tensors().get("norm.num_batches_tracked").shape());
        assertEquals(DType.I64, epd.tensors().get("norm.num_batches_tracked").dtype());
    }

    private static String A(String shape) {
        return header(entry("a", "F32", shape, 0, 8));
    }

    private Path file(String header, int dataLength) throws IOException {
        return Bytes.file(folder.resolve("f"), header, dataLength);
    }

    private void assertHeaderRefused(String detail, String header, int dataLength) throws IOException {
        assertRefused(Reason.MALFORMED, detail, file(header, dataLength));
    }

    private static void assertRefused(Reason reason, String detail, Path file) throws IOException {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals(file.toRealPath() + ": " + detail + AGAIN, refused.getMessage());
        assertEquals(reason, refused.reason());
    }

    private static void assertChanged(Path file, String detail, TensorEntry tensor) {
        String message = file + ": " + detail + "; run again when nothing writes to it";
        assertEquals(
                message,
                assertThrows(CheckpointException.class, () -> tensor.data().window(0, 8))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(
                                CheckpointException.class,
                                () -> tensor.data().transferTo(Channels.newChannel(new ByteArrayOutputStream())))
                        .getMessage());
    }
}
