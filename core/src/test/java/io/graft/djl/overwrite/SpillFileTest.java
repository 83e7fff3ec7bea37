package io.graft.djl.overwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillFileTest {
    private static final int PIECE = SpillFile.PIECE;

    private final Random random = new Random(1);
    private final String temporary = System.getProperty("java.io.tmpdir");

    @TempDir
    Path folder;

    @AfterEach
    void findTemporaryFolderAgain() {
        System.setProperty("java.io.tmpdir", temporary);
    }

    @Test
    void everyPieceComesBackWhereverItWaits() throws IOException {
        try (SpillFile file = new SpillFile()) {
            List<byte[]> pieces = new ArrayList<>();
            List<Long> offsets = new ArrayList<>();
            for (int length : new int[] {7, PIECE - 7, 1, PIECE, 0, PIECE - 1, 2, 3 * PIECE + 5, 600_000, 600_000, 9}) {
                pieces.add(bytes(length));
                offsets.add(file.append(ByteBuffer.wrap(pieces.get(pieces.size() - 1))));
            }
            for (int i = 0; i < pieces.size(); i++) {
                assertEquals(ByteBuffer.wrap(pieces.get(i)), read(file, offsets.get(i), pieces.get(i).length));
            }
        }
    }

    @Test
    void readsAcrossWhatIsWrittenAndWhatIsCollected() throws IOException {
        try (SpillFile file = new SpillFile()) {
            byte[] all = bytes(PIECE + 100);
            file.append(ByteBuffer.wrap(all, 0, PIECE));
            file.append(ByteBuffer.wrap(all, PIECE, 100));
            assertEquals(ByteBuffer.wrap(all, PIECE - 50, 120), read(file, PIECE - 50, 120));
            ByteBuffer rest = ByteBuffer.allocate(30).position(10);
            file.read(PIECE - 5, rest);
            assertEquals(30, rest.position());
            assertEquals(ByteBuffer.wrap(all, PIECE - 5, 20), rest.position(10));
        }
    }

    @Test
    void tensorsOfAllSizesReadTheirOwnBytes() throws IOException {
        try (SpillFile file = new SpillFile()) {
            List<byte[]> expected = new ArrayList<>();
            List<TensorData> tensors = new ArrayList<>();
            for (int length : new int[] {4, 0, PIECE, 12, 2 * PIECE + 8, 400}) {
                byte[] bytes = bytes(length);
                expected.add(bytes);
                tensors.add(file.append(TensorData.of(ByteBuffer.wrap(bytes))));
            }
            for (int i = 0; i < tensors.size(); i++) {
                byte[] bytes = expected.get(i);
                assertEquals(bytes.length, tensors.get(i).byteCount());
                assertEquals(ByteBuffer.wrap(bytes), tensors.get(i).window(0, bytes.length));
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                tensors.get(i).transferTo(Channels.newChannel(copy));
                assertEquals(ByteBuffer.wrap(bytes), ByteBuffer.wrap(copy.toByteArray()));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> tensors.get(0).window(1, 4));
        }
    }

    /** So a commit of small tensors needs no file, and memory holds one piece at most. */
    @Test
    void asMuchAsOnePieceNeedsNoFileAndMoreDoes() throws IOException {
        System.setProperty("java.io.tmpdir", folder.resolve("gone").toString());
        try (SpillFile file = new SpillFile()) {
            byte[] all = bytes(PIECE);
            for (int at = 0; at < PIECE; at += PIECE / 256) {
                assertEquals(at, file.append(ByteBuffer.wrap(all, at, PIECE / 256)));
            }
            assertEquals(ByteBuffer.wrap(all), read(file, 0, PIECE));
            IOException full = assertThrows(IOException.class, () -> file.append(ByteBuffer.allocate(1)));
            String start =
                    "a temporary file in " + folder.resolve("gone") + " cannot be written: NoSuchFileException: ";
            assertTrue(full.getMessage().startsWith(start), full::getMessage);
            assertThrows(IOException.class, () -> file.append(ByteBuffer.allocate(1)), "it stays so");
            assertEquals(ByteBuffer.wrap(all), read(file, 0, PIECE), "nothing that waited is lost");
        }
    }

    @Test
    void noInterruptClosesIt() throws IOException {
        try (SpillFile file = new SpillFile()) {
            byte[] all = bytes(3 * PIECE);
            Thread.currentThread().interrupt();
            for (int at = 0; at < all.length; at += PIECE / 4) {
                file.append(ByteBuffer.wrap(all, at, PIECE / 4));
            }
            ByteBuffer found = read(file, 0, all.length);
            assertTrue(Thread.interrupted(), "who was interrupted stays so");
            assertEquals(ByteBuffer.wrap(all), found);
        }
    }

    @Test
    void whatIsClosedIsGone() throws IOException {
        SpillFile file = new SpillFile();
        file.append(ByteBuffer.wrap(bytes(4)));
        file.close();
        assertThrows(ClosedChannelException.class, () -> read(file, 0, 4));
        assertThrows(ClosedChannelException.class, () -> file.append(ByteBuffer.allocate(4)));
    }

    private static ByteBuffer read(SpillFile file, long offset, int length) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(length);
        file.read(offset, found);
        return found.flip();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
