package io.graft.checkpoint.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class PieceChecksumTest {
    @Test
    void isTheChecksumOfAllBlocksInWhateverOrderTheyCome() throws IOException {
        Random random = new Random(7);
        for (int length : new int[] {0, 1, 7, 4096, 1_000_003}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            List<int[]> blocks = new ArrayList<>();
            for (int at = 0; at < length; ) {
                int count = Math.min(length - at, 1 + random.nextInt(length));
                blocks.add(new int[] {at, count});
                at += count;
            }
            Collections.shuffle(blocks, random);
            PieceChecksum checksum = new PieceChecksum(length);
            for (int[] block : blocks) {
                checksum.add(block[0], ByteBuffer.wrap(bytes, block[0], block[1]));
            }
            CRC32 expected = new CRC32();
            expected.update(bytes);
            assertEquals(expected.getValue(), checksum.await());
        }
    }

    @Test
    void isThatOfAPieceBeyondFourGibibytes() throws IOException {
        byte[] zeros = new byte[1 << 26];
        long length = 5L << 30;
        PieceChecksum checksum = new PieceChecksum(length);
        CRC32 expected = new CRC32();
        for (long at = length - zeros.length; at >= 0; at -= zeros.length) {
            checksum.add(at, ByteBuffer.wrap(zeros));
            expected.update(zeros);
        }
        assertEquals(expected.getValue(), checksum.await());
    }

    @Test
    void whoWaitsLearnsThatNotAllBytesWillCome() {
        PieceChecksum checksum = new PieceChecksum(2);
        checksum.add(0, ByteBuffer.allocate(1));
        IllegalStateException why = new IllegalStateException();
        checksum.fail(why);
        IOException thrown = assertThrows(IOException.class, checksum::await);
        assertEquals("writing has stopped", thrown.getMessage());
        assertSame(why, thrown.getCause());
    }

    @Test
    void anInterruptEndsTheWaiting() {
        Thread.currentThread().interrupt();
        IOException thrown = assertThrows(IOException.class, new PieceChecksum(1)::await);
        assertEquals("interrupted while writing", thrown.getMessage());
        assertTrue(Thread.interrupted());
    }
}
