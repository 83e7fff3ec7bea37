package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTensorDataTest {
    private static final int SIZE = (1 << 24) + 100;
    private static final int OFFSET = 13;
    private static final int LENGTH = SIZE - 50;

    private final byte[] content = new byte[SIZE];

    @TempDir
    Path folder;

    private TensorData data;

    @BeforeEach
    void write() throws IOException {
        new Random(5).nextBytes(content);
        Path file = Files.write(folder.resolve("data"), content);
        data = CheckpointFile.of(file).data(OFFSET, LENGTH);
    }

    @Test
    void smallWindowsAreCopiesAndLargeOnesMapped() throws IOException {
        ByteBuffer small = data.window(3, 1 << 20);
        assertFalse(small.isDirect());
        assertWindow(small, 3, 1 << 20);
        ByteBuffer large = data.window(5, (1 << 20) + 1);
        assertTrue(large.isDirect());
        assertWindow(large, 5, (1 << 20) + 1);
        assertWindow(data.window(LENGTH, 0), LENGTH, 0);
    }

    @Test
    void windowsStayInsideTheTensor() {
        assertThrows(IndexOutOfBoundsException.class, () -> data.window(0, LENGTH + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> data.window(-1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> data.window(LENGTH, 1));
    }

    @Test
    void transfersToFilesAndOtherChannels() throws IOException {
        byte[] expected = Arrays.copyOfRange(content, OFFSET, OFFSET + LENGTH);
        ByteArrayOutputStream memory = new ByteArrayOutputStream();
        data.transferTo(Channels.newChannel(memory));
        assertArrayEquals(expected, memory.toByteArray());
        Path copy = folder.resolve("copy");
        try (FileChannel target = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            data.transferTo(target);
            assertEquals(LENGTH, target.position());
        }
        assertArrayEquals(expected, Files.readAllBytes(copy));
    }

    @Test
    void liesInsideTheFile() throws IOException {
        CheckpointFile file = CheckpointFile.of(folder.resolve("data"));
        assertThrows(IndexOutOfBoundsException.class, () -> file.data(1, SIZE));
        assertThrows(IndexOutOfBoundsException.class, () -> file.data(-1, 1));
    }

    private void assertWindow(ByteBuffer window, int offset, int length) {
        assertTrue(window.isReadOnly());
        assertEquals(ByteOrder.LITTLE_ENDIAN, window.order());
        assertEquals(0, window.position());
        byte[] bytes = new byte[window.remaining()];
        window.get(bytes);
        assertArrayEquals(Arrays.copyOfRange(content, OFFSET + offset, OFFSET + offset + length), bytes);
    }
}
