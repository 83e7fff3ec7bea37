package io.graft.djl.array;

import com.sun.jna.NativeLibrary;
import io.graft.extension.Thrown;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntBiFunction;

/**
 * What the C library does with memory that the engine gives back. The one of most Linux systems, glibc, hands it to the system, and
 * asks for it anew, page by page, for the next array, which takes longer than many a product does. It is told to keep some of it.
 *
 * <p>That counts for the whole process, so that nobody does it without a reason; whoever has set it otherwise has decided.
 */
public final class FreedMemory {
    /** The property that leaves the C library alone if it is {@code none}. */
    public static final String PROPERTY = "io.graft.mallopt";

    private static final String NONE = "none";

    /** Of glibc's malloc.h. */
    private static final int TRIM_THRESHOLD = -1;

    private static final int MMAP_THRESHOLD = -3;

    /** What each thread's share of the memory may keep at its end. */
    private static final int KEPT = 256 << 20;

    /** Larger ones are given back whatever is said; glibc takes no larger number. */
    private static final int LARGEST = 32 << 20;

    /** Variables with which a process is started that has settings of its own. */
    private static final List<String> SETTINGS = List.of("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_");

    private static final String TUNABLES = "GLIBC_TUNABLES";
    private static final List<String> TUNED = List.of("glibc.malloc.trim_threshold", "glibc.malloc.mmap_threshold");

    private FreedMemory() {}

    /**
     * Has the C library keep what the engine gives back, from now on.
     *
     * @return why it is left as it is, as a sentence; empty if it keeps it
     */
    public static Optional<String> keep() {
        return NONE.equals(System.getProperty(PROPERTY))
                ? Optional.of("the property " + PROPERTY + " is `" + NONE + "`")
                : Told.REFUSAL;
    }

    /** Told once, by whoever asks first. */
    private static final class Told {
        static final Optional<String> REFUSAL = setting(System.getenv()).or(() -> tell(NativeLibrary::getProcess));
    }

    /** The process as the linker sees it. */
    @FunctionalInterface
    interface Linked {
        NativeLibrary library();
    }

    /** A setting that the process was started with. */
    static Optional<String> setting(Map<String, String> environment) {
        String tunables = environment.getOrDefault(TUNABLES, "");
        return SETTINGS.stream()
                .filter(environment::containsKey)
                .findFirst()
                .or(() -> TUNED.stream().filter(tunables::contains).findFirst().map(tuned -> TUNABLES))
                .map(variable -> "the environment has " + variable);
    }

    static Optional<String> tell(Linked process) {
        try {
            NativeLibrary library = process.library();
            // musl and macOS lack it.
            library.getFunction("gnu_get_libc_version");
            return tell((what, value) -> library.getFunction("mallopt").invokeInt(new Object[] {what, value}));
        } catch (UnsatisfiedLinkError other) {
            return Optional.of("the C library is not glibc");
        } catch (LinkageError | RuntimeException unusable) {
            return Optional.of("JNA does not start: " + Thrown.sentence(unusable));
        }
    }

    /**
     * @param mallopt gives 1 if it did what it was told
     */
    static Optional<String> tell(ToIntBiFunction<Integer, Integer> mallopt) {
        return mallopt.applyAsInt(MMAP_THRESHOLD, LARGEST) == 1 && mallopt.applyAsInt(TRIM_THRESHOLD, KEPT) == 1
                ? Optional.empty()
                : Optional.of("the C library refuses it");
    }
}
