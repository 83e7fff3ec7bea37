package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.graft.djl.StartedEngine;
import io.graft.training.optimizer.AdamW;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Memory that a step gives back is there for the next one. */
class FreedMemoryTest {
    private static final long LARGE = 30 << 20;

    /** glibc's malloc.c: what is mapped for itself, and goes back to the system, has this bit in the word before it. */
    private static final long IS_MAPPED = 2;

    @Test
    @EnabledOnOs(OS.LINUX)
    void aTrainerHasItKept() {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), TrainingOptions.of(AdamW.of(0.1)))) {
            Trained.step(trainer, 0);
            long large = Native.malloc(LARGE);
            long word = new Pointer(large - Long.BYTES).getLong(0);
            Native.free(large);
            // Tells why not, if not.
            Optional<String> refusal = StartedEngine.keepFreedMemory();
            assumeTrue(refusal.isEmpty(), () -> refusal.orElseThrow());
            assertEquals(0, word & IS_MAPPED);
        }
    }
}
