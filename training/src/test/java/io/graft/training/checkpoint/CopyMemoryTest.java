package io.graft.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class CopyMemoryTest {
    private final CopyMemory memory = new CopyMemory();

    @Test
    void theNextCheckpointHasTheSameMemory() throws IOException {
        ByteBuffer first = memory.take(8);
        ByteBuffer second = memory.take(8);
        assertNotSame(first, second);
        assertTrue(first.isDirect());
        first.putLong(1);
        memory.reuse();
        assertSame(first, memory.take(8));
        assertEquals(8, first.remaining());
        assertSame(second, memory.take(8));
    }

    @Test
    void tensorsOfOtherSizesHaveMemoryOfTheirOwn() throws IOException {
        memory.take(8);
        ByteBuffer second = memory.take(8);
        memory.reuse();
        assertEquals(4, memory.take(4).capacity());
        ByteBuffer after = memory.take(8);
        assertNotSame(second, after);
        memory.reuse();
        memory.take(4);
        assertSame(after, memory.take(8));
    }

    /** As where the heap is small, whose size is the limit. */
    @Test
    void memoryThatTheJvmDoesNotGiveIsNoErrorOfTheJvm() throws IOException {
        OutOfMemoryError limited = new OutOfMemoryError("Cannot reserve 16 bytes of direct buffer memory");
        CopyMemory small = new CopyMemory(bytes -> {
            if (bytes > 8) {
                throw limited;
            }
            return ByteBuffer.allocate(bytes);
        });
        small.take(8);
        IOException refused = assertThrows(IOException.class, () -> small.take(16));
        assertEquals(
                "the JVM has no memory outside the heap for a copy of the values, of which 8 bytes are copied and the next tensor has 16:"
                        + " allow more by `-XX:MaxDirectMemorySize`, which is as large as the heap if nothing is said",
                refused.getMessage());
        assertSame(limited, refused.getCause());
    }
}
