package io.graft.checkpoint.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Memory that writers wait for, and what else they wait for. */
class BlockBuffersTest {
    @Test
    void theBufferGivenBackLastIsTakenFirst() throws IOException {
        BlockBuffers buffers = new BlockBuffers(2, 1);
        ByteBuffer first = buffers.take();
        ByteBuffer second = buffers.take();
        assertNotSame(first, second);
        assertEquals(Block.LARGEST, first.capacity());
        assertEquals(ByteOrder.LITTLE_ENDIAN, first.order());
        assertTrue(first.isDirect());
        buffers.release(first);
        buffers.release(second);
        assertSame(second, buffers.take());
        assertSame(first, buffers.take());
    }

    @Test
    void whoWaitsGoesOnWhenOneComesBack() throws Exception {
        BlockBuffers buffers = new BlockBuffers(1, 1);
        ByteBuffer only = buffers.take();
        CompletableFuture<ByteBuffer> waiting = taking(buffers);
        buffers.release(only);
        assertSame(only, waiting.get(20, TimeUnit.SECONDS));
    }

    @Test
    void whoWaitsLearnsThatNoneWillCome() throws Exception {
        BlockBuffers buffers = new BlockBuffers(1, 1);
        buffers.take();
        CompletableFuture<ByteBuffer> waiting = taking(buffers);
        IllegalStateException why = new IllegalStateException();
        buffers.fail(why);
        Throwable told = waiting.handle((taken, failure) -> failure).get(20, TimeUnit.SECONDS);
        assertEquals("writing has stopped", told.getMessage());
        assertSame(why, told.getCause());
        assertThrows(IOException.class, buffers::take);
    }

    @Test
    void anInterruptEndsTheWaiting() throws IOException {
        BlockBuffers buffers = new BlockBuffers(1, 1);
        buffers.take();
        Thread.currentThread().interrupt();
        IOException told = assertThrows(IOException.class, buffers::take);
        assertEquals("interrupted while writing", told.getMessage());
        assertTrue(Thread.interrupted());
    }

    @Test
    void anInterruptEndsTheWaitingForTheDigest() {
        try (FollowingDigest digest = FollowingDigest.start(new BlockBuffers(1, 1), 9)) {
            Thread.currentThread().interrupt();
            IOException told = assertThrows(IOException.class, digest::await);
            assertEquals("interrupted while taking the digest", told.getMessage());
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aDigestThatIsStoppedIsNone() {
        FollowingDigest digest = FollowingDigest.start(new BlockBuffers(1, 1), 9);
        digest.close();
        assertEquals(
                "the digest cannot be taken",
                assertThrows(IOException.class, digest::await).getMessage());
    }

    @Test
    void lateBytesAreMadeOnce() throws IOException {
        int[] made = {0};
        LateBytes late = new LateBytes(4, () -> {
            made[0]++;
            return new byte[] {1, 2, 3, 4};
        });
        assertEquals(4, late.byteCount());
        assertEquals(ByteBuffer.wrap(new byte[] {2, 3}), late.window(1, 2));
        assertTrue(late.window(1, 2).isReadOnly());
        ByteArrayOutputStream transferred = new ByteArrayOutputStream();
        late.transferTo(Channels.newChannel(transferred));
        assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), ByteBuffer.wrap(transferred.toByteArray()));
        assertEquals(1, made[0]);
    }

    @Test
    void aPieceSaysWhatItCameWith() {
        Piece fixed = Piece.of(new byte[3]);
        fixed.requireLength(3);
        assertEquals(
                "2 bytes came in place of 3",
                assertThrows(IllegalStateException.class, () -> fixed.requireLength(2))
                        .getMessage());
    }

    @Test
    void aFileKeepsWhatIsKnownOfItElsewhere() {
        WrittenFile file = new WrittenFile(WrittenFile.Kind.ADAPTER, Path.of("a"), 3, "ff");
        assertEquals(new WrittenFile(WrittenFile.Kind.ADAPTER, Path.of("b"), 3, "ff"), file.at(Path.of("b")));
        assertEquals("adapter", file.kind().id());
        assertEquals("model", new WrittenFile(Path.of("a"), 3, "ff").kind().id());
    }

    private static CompletableFuture<ByteBuffer> taking(BlockBuffers buffers) throws InterruptedException {
        CompletableFuture<ByteBuffer> taken = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                taken.complete(buffers.take());
            } catch (IOException told) {
                taken.completeExceptionally(told);
            }
        });
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive());
            Thread.sleep(1);
        }
        return taken;
    }
}
