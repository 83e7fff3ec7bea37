package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The constraints of options hold for a program that makes them, too. */
class OptionsOfProgramsTest {
    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param rank of the update
             * @param targets modules
             * @param limit of data
             * @param window around it
             * @param warmup before it
             * @param seed of it
             */
            @Requires(key = "warmup", with = "seed")
            public record Options(
                    @Range(min = 1, max = 64) int rank,
                    @NotEmpty @NotBlank List<String> targets,
                    @Default("1MiB") DataSize limit,
                    Window window,
                    Optional<java.time.Duration> warmup,
                    Optional<Integer> seed) {
                @Check static void rankIsEven(Options options, CheckSink sink) {
                    if (options.rank() % 2 != 0) { sink.on("rank").error("must be even"); }
                }

                /** @param size of it */
                public record Window(@Range(min = 3) int size) {}
            }
            """);

    @TempDir
    Path folder;

    @Test
    void optionsThatKeepTheConstraintsAreGivenBack() throws ReflectiveOperationException, IOException {
        assertEquals(
                "Options[rank=8, targets=[query], limit=5GB, window=Window[size=3], warmup=Optional[PT5S], "
                        + "seed=Optional[7]]",
                validated("""
                        new Options(8, List.of("query"), new DataSize(5_000_000_000L), new Options.Window(3),
                                Optional.of(java.time.Duration.ofSeconds(5)), Optional.of(7))
                        """));
    }

    @Test
    void everyBrokenConstraintIsTold() throws ReflectiveOperationException, IOException {
        assertEquals("""
                `rank`: must be between 1 and 64
                `targets[1]`: element 1 must not be blank
                `window.size`: must be at least 3""", validated("""
                        new Options(0, List.of("query", " "), new DataSize(1), new Options.Window(2), Optional.empty(),
                                Optional.empty())
                        """));
    }

    @Test
    void relationsHoldToo() throws ReflectiveOperationException, IOException {
        assertEquals(
                "`warmup`: `warmup` needs `seed`, which is not given; add `seed` or take `warmup` out", validated("""
                        new Options(8, List.of("query"), new DataSize(1), new Options.Window(3),
                                Optional.of(java.time.Duration.ofSeconds(5)), Optional.empty())
                        """));
    }

    @Test
    void checksHoldToo() throws ReflectiveOperationException, IOException {
        assertEquals("`rank`: must be even", validated("""
                        new Options(7, List.of("query"), new DataSize(1), new Options.Window(3), Optional.empty(),
                                Optional.empty())
                        """));
    }

    @Test
    void whatNoFileCanGiveIsToldAsAFileWouldBe() throws ReflectiveOperationException, IOException {
        assertEquals("""
                `limit`: must not be null; leave the key out to get the default `1MiB`
                `warmup`: `9460800000s` is too large""", validated("""
                        new Options(8, List.of("query"), null, new Options.Window(3),
                                Optional.of(java.time.Duration.ofDays(365 * 300)), Optional.of(7))
                        """));
    }

    private String validated(String options) throws ReflectiveOperationException, IOException {
        JavaFileObject program = Compiling.source("Program", """
                public final class Program implements java.util.function.Supplier<String> {
                    @Override public String get() {
                        try {
                            return new Options_Binder().requireValid(%s).toString();
                        } catch (IllegalArgumentException broken) {
                            return broken.getMessage();
                        }
                    }
                }
                """.formatted(options));
        try (Extension extension = Extension.compile(folder, OPTIONS, program, Compiling.modifier())) {
            Object made = extension
                    .loader()
                    .loadClass("com.acme.Program")
                    .getConstructor()
                    .newInstance();
            return ((Supplier<?>) made).get().toString();
        }
    }
}
