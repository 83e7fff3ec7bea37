package io.graft.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    @Test
    void aTensorThatCannotBeCopiedIsNamed() {
        long most = Integer.MAX_VALUE;
        assertDoesNotThrow(() -> Snapshot.requireRoom(Map.of("a", most)));
        assertEquals(
                "the training cannot be saved: `b` of the model takes 2 GiB or more",
                told(Map.of("a", most, "b", most + 1)));
        assertEquals(
                "the training cannot be saved: `b`, `c` of the model take 2 GiB or more",
                told(Map.of("b", most + 1, "c", 4 * most)));
    }

    private static String told(Map<String, Long> bytes) {
        GraftException refused = assertThrows(GraftException.class, () -> Snapshot.requireRoom(new TreeMap<>(bytes)));
        assertEquals("train without `checkpoints`", refused.problems().get(0).help());
        return refused.problems().get(0).message();
    }
}
