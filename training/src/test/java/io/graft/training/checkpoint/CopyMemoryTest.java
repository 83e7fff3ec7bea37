package io.graft.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class CopyMemoryTest {
    private final CopyMemory memory = new CopyMemory();

    @Test
    void theNextCheckpointHasTheSameMemory() {
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
    void tensorsOfOtherSizesHaveMemoryOfTheirOwn() {
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
}
