package io.graft.checkpoint.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading forward in a file, and in a part of one. */
class ByteCursorTest {
    @TempDir
    Path folder;

    private static ByteCursor cursor(byte... bytes) {
        return new ByteCursor(new ByteArrayInputStream(bytes), bytes.length);
    }

    private FileSlice slice(byte[] content, long offset, long length) throws IOException {
        return new FileSlice(FileChannel.open(Files.write(folder.resolve("f"), content)), offset, length);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    @Test
    void numbersAreLittleEndian() throws IOException {
        byte minus = (byte) 0xfe;
        assertEquals(0xfe, cursor(minus).u8());
        assertEquals(0xfe01, cursor((byte) 1, minus).u16());
        assertEquals(0xfe030201, cursor((byte) 1, (byte) 2, (byte) 3, minus).i32());
        assertEquals(0xfe030201L, cursor((byte) 1, (byte) 2, (byte) 3, minus).u32());
        byte high = (byte) 0x87;
        assertEquals(
                0xfe06050487030201L,
                cursor((byte) 1, (byte) 2, (byte) 3, high, (byte) 4, (byte) 5, (byte) 6, minus)
                        .i64());
    }

    @Test
    void itReadsAndJumpsAcrossItsBuffer() throws IOException {
        byte[] content = random(300_000);
        try (ByteCursor cursor = new ByteCursor(slice(content, 0, content.length), content.length)) {
            assertArrayEquals(Arrays.copyOfRange(content, 0, 65_530), cursor.bytes(65_530));
            assertEquals(65_530, cursor.position());
            assertEquals(content.length - 65_530, cursor.remaining());
            assertArrayEquals(Arrays.copyOfRange(content, 65_530, 165_000), cursor.bytes(165_000 - 65_530));
            cursor.skip(10);
            assertEquals(165_010, cursor.position());
            assertEquals(content[165_010] & 0xff, cursor.u8());
            cursor.skip(100_000);
            assertEquals(265_011, cursor.position());
            assertEquals(content[265_011] & 0xff, cursor.u8());
            cursor.skip(cursor.remaining());
            assertEquals(0, cursor.remaining());
            assertArrayEquals(new byte[0], cursor.bytes(0));
            assertThrows(EOFException.class, cursor::u8);
        }
    }

    @Test
    void whatIsNotThereIsNotTaken() throws IOException {
        ByteCursor cursor = cursor(random(10));
        cursor.u8();
        assertThrows(EOFException.class, () -> cursor.bytes(10));
        assertThrows(EOFException.class, () -> cursor.bytes(Long.MAX_VALUE));
        assertEquals(9, cursor.bytes(9).length);
        assertThrows(EOFException.class, () -> cursor(random(10)).skip(11));
        ByteCursor shorter = new ByteCursor(new ByteArrayInputStream(new byte[3]), 8);
        shorter.bytes(3);
        assertThrows(EOFException.class, shorter::u8);
        ByteCursor known = new ByteCursor(new ByteArrayInputStream(new byte[8]), 3);
        known.bytes(3);
        assertThrows(EOFException.class, known::u8);
    }

    @Test
    void aLineEndsAtItsFeedIfThatIsNear() throws IOException {
        ByteCursor cursor = cursor("größer\nnext\n\ncut".getBytes(StandardCharsets.UTF_8));
        assertEquals(Optional.of("größer"), cursor.line(8));
        assertEquals(Optional.of("next"), cursor.line(4));
        assertEquals(Optional.of(""), cursor.line(4));
        assertThrows(EOFException.class, () -> cursor.line(9));
        assertEquals(
                Optional.empty(),
                cursor("next\n".getBytes(StandardCharsets.UTF_8)).line(3));
    }

    @Test
    void aSliceHasTheBytesOfItsPartAndNoMore() throws IOException {
        byte[] content = random(100);
        try (InputStream slice = slice(content, 20, 50)) {
            assertEquals(content[20] & 0xff, slice.read());
            assertEquals(4, slice.skip(4));
            assertArrayEquals(Arrays.copyOfRange(content, 25, 70), slice.readAllBytes());
            assertEquals(-1, slice.read());
            assertEquals(0, slice.skip(1));
            assertEquals(0, slice.skip(-1));
        }
        try (InputStream slice = slice(content, 20, 50)) {
            assertEquals(50, slice.skip(51));
            assertEquals(-1, slice.read(new byte[1], 0, 1));
        }
    }

    @Test
    void aSliceBeyondTheFileEndsInAnError() throws IOException {
        try (InputStream slice = slice(random(100), 90, 20)) {
            assertEquals(10, slice.read(new byte[20], 0, 20));
            assertThrows(EOFException.class, slice::read);
        }
    }

    @Test
    void aSliceOwnsItsChannel() throws IOException {
        Path file = Files.write(folder.resolve("f"), random(9));
        FileChannel channel = FileChannel.open(file);
        new ByteCursor(new FileSlice(channel, 0, 9), 9).close();
        assertFalse(channel.isOpen());
    }

    @Test
    void aChecksumIsOfWhatIsThere() throws IOException {
        byte[] content = random(600_000);
        Path file = Files.write(folder.resolve("f"), content);
        try (FileChannel channel = FileChannel.open(file)) {
            long expected = Checksum.of(Arrays.copyOfRange(content, 7, content.length));
            assertEquals(expected, Checksum.of(channel, 7, content.length - 7));
            assertEquals(expected, Checksum.of(channel, 7, 1 << 20), "beyond the end");
            assertEquals(Checksum.of(Arrays.copyOfRange(content, 7, 300_007)), Checksum.of(channel, 7, 300_000));
            assertEquals(0, Checksum.of(channel, 7, 0));
        }
    }
}
