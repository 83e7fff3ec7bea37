package io.graft.djl.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.graft.djl.run.PyTorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreedMemoryTest {
    private static final int SIZE = 8 << 20;
    private static final int PAGE = 4096;
    private static final int ROUNDS = 40;

    @AfterEach
    void clear() {
        System.clearProperty(FreedMemory.PROPERTY);
    }

    @Test
    void thePropertyLeavesTheLibraryAlone() {
        System.setProperty(FreedMemory.PROPERTY, "none");
        assertEquals(Optional.of("the property io.graft.mallopt is `none`"), FreedMemory.keep());
    }

    @ParameterizedTest
    @CsvSource({
        "MALLOC_TRIM_THRESHOLD_, 1, MALLOC_TRIM_THRESHOLD_",
        "MALLOC_MMAP_THRESHOLD_, 1, MALLOC_MMAP_THRESHOLD_",
        "GLIBC_TUNABLES, glibc.malloc.trim_threshold=128, GLIBC_TUNABLES",
        "GLIBC_TUNABLES, glibc.cpu.x=1:glibc.malloc.mmap_threshold=128, GLIBC_TUNABLES",
        "GLIBC_TUNABLES, glibc.malloc.arena_max=1,",
        "MALLOC_ARENA_MAX, 1,"
    })
    void whatTheProcessWasStartedWithCounts(String variable, String value, String said) {
        assertEquals(
                Optional.ofNullable(said).map(name -> "the environment has " + name),
                FreedMemory.setting(Map.of(variable, value)));
    }

    @Test
    void bothThresholdsAreRaised() {
        List<String> told = new ArrayList<>();
        assertEquals(Optional.empty(), FreedMemory.tell((what, value) -> {
            told.add(what + " " + value);
            return 1;
        }));
        assertEquals(List.of("-3 33554432", "-1 268435456"), told);
    }

    @Test
    void aLibraryThatTakesNoNumberSaysSo() {
        assertEquals(Optional.of("the C library refuses it"), FreedMemory.tell((what, value) -> 0));
        assertEquals(Optional.of("the C library refuses it"), FreedMemory.tell((what, value) -> what == -3 ? 1 : 0));
    }

    @Test
    void otherLibrariesAreNoFailure() {
        assertEquals(Optional.of("the C library is not glibc"), FreedMemory.tell(() -> {
            throw new UnsatisfiedLinkError("Error looking up function 'gnu_get_libc_version'");
        }));
        assertEquals(
                Optional.of("JNA does not start: NoClassDefFoundError: com/sun/jna/NativeLibrary"),
                FreedMemory.tell(() -> {
                    throw new NoClassDefFoundError("com/sun/jna/NativeLibrary");
                }));
    }

    /** Pages that the thread asks the system for, while it takes and gives back memory. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsGivenBackIsThereForTheNext() throws IOException {
        Optional<String> refusal = FreedMemory.keep();
        assumeTrue(refusal.isEmpty(), () -> refusal.orElseThrow());
        PyTorchEngine.start();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            touch(manager, 3);
            long before = faults();
            touch(manager, ROUNDS);
            long asked = faults() - before;
            assertTrue(asked < ROUNDS * (SIZE / PAGE) / 4, () -> asked + " pages");
        }
        assertEquals(refusal, FreedMemory.keep());
    }

    private static void touch(NDManager manager, int times) {
        for (int i = 0; i < times; i++) {
            manager.ones(new Shape(SIZE), DataType.INT8).close();
        }
    }

    private static long faults() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[7]);
    }
}
