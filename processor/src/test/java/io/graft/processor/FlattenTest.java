package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.Compilation;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Components that are records whose keys lie flat: no file, schema or page can tell them from keys of the record itself. */
class FlattenTest {
    private static final String FLAT = """
            /**
             * @param path one that is there
             * @param targets the modules
             * @param strict whether all must match
             * @param rank of the update
             * @param scale its factor
             * @param seed of the generator
             * @param init how it starts
             */
            @RemovedKey(key = "gamma", since = "1.2", reason = "it had no effect")
            @Exclusive({"path", "targets"})
            @Exclusive({"path", "rank"})
            @Requires(key = "seed", with = "scale")
            public record Options(
                    Optional<String> path,
                    @Alias("modules") List<String> targets,
                    @Default("true") boolean strict,
                    @Default("8") @Range(min = 1, max = 64) int rank,
                    @RenamedFrom(value = "factor", since = "1.1") Optional<Double> scale,
                    Optional<Long> seed,
                    Optional<Init> init) {}
            """;

    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param path one that is there
             * @param where it goes
             * @param update what it is
             * @param init how it starts
             */
            @Exclusive({"path", "targets"})
            @Exclusive({"path", "rank"})
            public record Options(
                    Optional<String> path, @Flatten Where where, @Flatten Update update, Optional<Init> init) {
                @Check static void seedIsSmall(Options options, CheckSink sink) {
                    options.update().random().seed().filter(seed -> seed > 99).ifPresent(
                        seed -> sink.on("seed").error("is " + seed + ", above 99"));
                }
            }
            """);

    private static final JavaFileObject WHERE = Compiling.source("Where", """
            /**
             * @param targets the modules
             * @param strict whether all must match
             */
            public record Where(@Alias("modules") List<String> targets, @Default("true") boolean strict) {
                @Check static void isNarrow(Where where, CheckSink sink) {
                    if (where.targets().size() > 2) {
                        sink.on("targets").error("names " + where.targets().size() + " modules");
                    }
                }
            }
            """);

    private static final JavaFileObject UPDATE = Compiling.source("Update", """
            /**
             * @param rank of the update
             * @param random what is by chance
             */
            @RemovedKey(key = "gamma", since = "1.2", reason = "it had no effect")
            public record Update(@Default("8") @Range(min = 1, max = 64) int rank, @Flatten Random random) {
                public Update {
                    if (rank == 13) {
                        throw new IllegalArgumentException("no rank of 13");
                    }
                }

                /**
                 * @param scale its factor
                 * @param seed of the generator
                 */
                @Requires(key = "seed", with = "scale")
                public record Random(
                        @RenamedFrom(value = "factor", since = "1.1") Optional<Double> scale, Optional<Long> seed) {}
            }
            """);

    private static final JavaFileObject INIT = Compiling.source("Init", """
            public sealed interface Init {
                /** @param spread how far */
                record Uniform(@Flatten Spread spread) implements Init {}

                /** @param std how far */
                record Spread(double std) {}
            }
            """);

    private static final JavaFileObject FLAT_INIT = Compiling.source("Init", """
            public sealed interface Init {
                /** @param std how far */
                record Uniform(double std) implements Init {}
            }
            """);

    private static final JavaFileObject[] SOURCES = {OPTIONS, WHERE, UPDATE, INIT, Compiling.modifier()};

    @TempDir
    Path folder;

    private Extension extension;

    @BeforeEach
    void compile() throws IOException {
        extension = Extension.compile(folder.resolve("grouped"), SOURCES);
    }

    @AfterEach
    void close() throws IOException {
        extension.close();
    }

    @Test
    void binders() {
        Compilation compilation = Compiling.compiler("-Werror").compile(SOURCES);
        for (String name : List.of("Options_Binder", "Update_Binder")) {
            String actual = Compiling.generated(compilation, "com.acme." + name);
            assertEquals(Golden.read("flatten/" + name + ".java"), actual, () -> "golden should be:\n" + actual);
        }
    }

    @Test
    void whatIsSaidOfTheKeysIsWhatIsSaidWithoutGroups() throws IOException {
        try (Extension flat = Extension.compile(
                folder.resolve("flat"), Compiling.source("Options", FLAT), FLAT_INIT, Compiling.modifier())) {
            for (String kind : List.of(".conf", ".json", ".md", ".schema.json")) {
                assertEquals(flat.resource(kind), extension.resource(kind), kind);
            }
        }
    }

    @Test
    void theRecordsAreMadeOfTheKeysOfOneObject() throws IOException {
        assertEquals(
                "Options[path=Optional.empty, where=Where[targets=[a, b], strict=false], update=Update[rank=4,"
                        + " random=Random[scale=Optional[0.5], seed=Optional[7]]],"
                        + " init=Optional[Uniform[spread=Spread[std=0.1]]]]",
                extension.bound("""
                        graft.modifiers = [{
                            type = demo, modules = [a, b], strict = false, rank = 4, scale = 0.5, seed = 7
                            init { type = uniform, std = 0.1 }
                        }]
                        """));
    }

    @Test
    void withoutAKeyItsDefaultCounts() throws IOException {
        assertEquals(
                "Options[path=Optional.empty, where=Where[targets=[], strict=true], update=Update[rank=8,"
                        + " random=Random[scale=Optional.empty, seed=Optional.empty]], init=Optional.empty]",
                extension.bound("graft.modifiers = [{ type = demo }]"));
    }

    @Test
    void everyProblemIsThatOfOneObject() throws IOException {
        assertEquals(
                List.of(
                        "3:5 exclusive graft.modifiers[0].targets: `path` and `targets` exclude each other; keep"
                                + " one of them",
                        "4:12 out-of-range graft.modifiers[0].rank: must be between 1 and 64",
                        "4:5 exclusive graft.modifiers[0].rank: `path` and `rank` exclude each other; keep one of them",
                        "5:5 requires graft.modifiers[0].seed: `seed` needs `scale`, which is not given; add `scale` or take"
                                + " `seed` out",
                        "6:5 unknown-key graft.modifiers[0].stirct: modifier `demo` has no key `stirct`; did you mean"
                                + " `strict`?",
                        "7:5 removed-key graft.modifiers[0].gamma: `gamma` was removed in 1.2: it had no effect; take it"
                                + " out"),
                extension.problems("""
                        graft.modifiers = [{ type = demo
                            path = a
                            targets = [b]
                            rank = 0
                            seed = 1
                            stirct = true
                            gamma = 1
                        }]
                        """));
    }

    @Test
    void theChecksOfEachRecordRun() throws IOException {
        assertEquals(
                List.of(
                        "1:45 check-failed graft.modifiers[0].targets: names 3 modules",
                        "1:74 check-failed graft.modifiers[0].seed: is 100, above 99"),
                extension.problems("graft.modifiers = [{ type = demo, targets = [a, b, c], scale = 1, seed = 100 }]"));
    }

    @Test
    void aConstructorThatRefusesIsToldOnce() throws IOException {
        assertEquals(
                List.of(
                        "1:20 record-constructor-rejected graft.modifiers[0]: modifier `demo` refuses these values: no rank of"
                                + " 13"),
                extension.problems("graft.modifiers = [{ type = demo, targets = [a, b, c], rank = 13 }]"));
    }

    @Test
    @SuppressWarnings("unchecked")
    void whatIsWrittenLiesFlatToo() throws Exception {
        OptionsBinder<Object> binder = (OptionsBinder<Object>) extension
                .loader()
                .loadClass("com.acme.Options_Binder")
                .getConstructor()
                .newInstance();
        Object options =
                binder.from(Map.of("targets", List.of("a"), "scale", 2, "init", Map.of("type", "uniform", "std", 0.5)));

        assertEquals("""
                init {
                    std=0.5
                    type=uniform
                }
                rank=8
                scale=2.0
                strict=true
                targets=[
                    a
                ]
                """, ConfigWriter.of(binder, options).toHocon());
        assertEquals(List.of(), binder.validate(options));
        assertEquals(List.of("path", "targets", "strict", "rank", "scale", "seed", "init"), binder.keys());
    }
}
