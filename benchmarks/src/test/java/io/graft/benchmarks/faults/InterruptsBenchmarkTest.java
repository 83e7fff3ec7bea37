package io.graft.benchmarks.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptsBenchmarkTest {
    @TempDir
    Path folder;

    @Test
    void interruptsLeaveOldOrNewValuesAndSayWhich() throws Exception {
        InterruptsBenchmark.run(folder, 6).forEach((way, counts) -> assertTrue(counts.isClean(), way::toString));
    }
}
