package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.JavaFileObjects;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, secrets and rules between keys, from the annotation to the message. */
class LifeOfKeysTest {
    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param rank size of the update
             * @param type kind of the update
             * @param targets what to adapt
             * @param seed of the generator
             * @param state of the generator
             * @param dropout share
             * @param init beginning
             * @param phrase who may
             */
            @RemovedKey(key = "beta", since = "1.1", reason = "the scale is `alpha`")
            @RemovedKey(key = "gamma", since = "1.2", reason = "it had no effect")
            @Includes("generator.json")
            @Exclusive({"seed", "state"})
            @Requires(key = "dropout", with = "seed")
            public record Options(
                    @Alias({"r", "lora-r"}) @RenamedFrom(value = "old-rank", since = "1.2", removeIn = "2.0")
                            @Default("8") int rank,
                    @KeyName("kind") @OneOf({"plain", "scaled"}) @Default("plain") String type,
                    @Each(nonBlank = true, unique = true) List<String> targets,
                    Optional<Integer> seed,
                    Optional<String> state,
                    Optional<Double> dropout,
                    Optional<Init> init,
                    @Secret @Matches("[0-9]+") Optional<String> phrase) {

                /** @param sigma spread */
                public record Init(double sigma) {}

                @Check
                static void rankIsEven(Options options, CheckSink sink) {
                    if (options.rank() % 2 == 1) {
                        sink.on("rank").error("is odd");
                    }
                }

                @Check
                static void rankIsSmall(Options options, CheckSink sink) {
                    if (options.rank() > 100) {
                        throw new IllegalStateException("rank of " + options);
                    }
                }
            }
            """);

    @TempDir
    Path folder;

    @Test
    void theBinderNamesEverything() {
        String binder = Compiling.generated(
                Compiling.compiler("-Werror").compile(Compiling.modifier(), OPTIONS), "com.acme.Options_Binder");

        assertEquals(Golden.read("life/Options_Binder.java"), binder, "golden/life/Options_Binder.java");
    }

    @Test
    void everyNameIsRead() throws IOException {
        try (Extension extension = Extension.compile(folder, Compiling.modifier(), OPTIONS)) {
            for (String name : List.of("rank", "r", "lora-r", "lora_r")) {
                assertEquals(List.of(), extension.problems(entry(name + " = 4, kind = scaled")), name);
            }
            assertEquals(
                    List.of("1:35 deprecated-key graft.modifiers[0].old_rank: `old_rank` is called `rank` since 1.2 and"
                            + " will not be read from 2.0 on; write `rank`"),
                    extension.problems(entry("old_rank = 4")));
        }
    }

    @Test
    void everyMistakeIsToldAtItsPlace() throws IOException {
        try (Extension extension = Extension.compile(folder, Compiling.modifier(), OPTIONS)) {
            assertEquals(
                    List.of("1:45 both-key-and-alias graft.modifiers[0].r: `r` is another name of `rank`, which is"
                            + " given too; keep one of them"),
                    extension.problems(entry("rank = 4, r = 4")));
            assertEquals(
                    List.of("1:35 removed-key graft.modifiers[0].gamma: `gamma` was removed in 1.2: it had no effect;"
                            + " take it out"),
                    extension.problems(entry("gamma = 4")));
            assertEquals(
                    List.of("1:35 misplaced-key graft.modifiers[0].sigma: `sigma` is a key of `init`; move it into"
                            + " `init`"),
                    extension.problems(entry("sigma = 4")));
            assertEquals(
                    List.of("1:55 misplaced-key graft.modifiers[0].init.dropout: `dropout` is a key of the object"
                            + " around `init`; move it out of `init`"),
                    extension.problems(entry("init { sigma = 0.5, dropout = 4 }")));
            assertEquals(
                    List.of("1:45 exclusive graft.modifiers[0].state: `seed` and `state` exclude each other; keep one"
                            + " of them"),
                    extension.problems(entry("seed = 4, state = a")));
            assertEquals(
                    List.of("1:35 requires graft.modifiers[0].dropout: `dropout` needs `seed`, which is not given; add"
                            + " `seed` or take `dropout` out"),
                    extension.problems(entry("dropout = 0.5")));
            assertEquals(
                    List.of("1:42 one-of graft.modifiers[0].kind: expected one of: plain, scaled; closest is `plain`"),
                    extension.problems(entry("kind = plane")));
            assertEquals(
                    List.of("1:42 check-failed graft.modifiers[0].rank: is odd"),
                    extension.problems(entry("rank = 7")));
            assertEquals(
                    List.of("1:20 check-threw graft.modifiers[0]: the check `rankIsSmall` ended with"
                            + " java.lang.IllegalStateException; report it to whoever wrote the modifier"),
                    extension.problems(entry("rank = 102")));
            assertEquals(
                    List.of("1:44 pattern graft.modifiers[0].phrase: must match `[0-9]+`"),
                    extension.problems(entry("phrase = s3cret")));
        }
    }

    @Test
    void theDescriptorTellsEverything() throws IOException {
        try (Extension extension = Extension.compile(folder, Compiling.modifier(), OPTIONS)) {
            List<OptionDescriptor> options = extension.descriptor().options();
            assertEquals(
                    List.of(
                            new OptionDescriptor("rank", "integer", "8", false, List.of(), "size of the update")
                                    .withAliases("r", "lora-r")
                                    .withFormerKeys("old-rank"),
                            new OptionDescriptor(
                                    "kind",
                                    "string",
                                    "plain",
                                    false,
                                    List.of("one of plain, scaled"),
                                    "kind of the update"),
                            new OptionDescriptor(
                                    "targets",
                                    "list of string",
                                    "",
                                    false,
                                    List.of("no blank element and none twice"),
                                    "what to adapt"),
                            new OptionDescriptor(
                                    "seed",
                                    "integer",
                                    "",
                                    false,
                                    List.of("not together with state"),
                                    "of the generator"),
                            new OptionDescriptor(
                                    "state",
                                    "string",
                                    "",
                                    false,
                                    List.of("not together with seed"),
                                    "of the generator"),
                            new OptionDescriptor(
                                    "dropout", "number", "", false, List.of("only together with seed"), "share"),
                            new OptionDescriptor("init", "object", "", false, List.of(), "beginning"),
                            new OptionDescriptor("init.sigma", "number", "", true, List.of(), "spread"),
                            new OptionDescriptor("phrase", "string", "", false, List.of("matches [0-9]+"), "who may")
                                    .asSecret()),
                    options);
        }
    }

    @Test
    void constraintsOfJakartaAreEnforced() throws IOException {
        JavaFileObject options = Compiling.source("Options", """
                /**
                 * @param a one
                 * @param b two
                 * @param c three
                 * @param d four
                 * @param e five
                 * @param f six
                 */
                public record Options(
                        @jakarta.validation.constraints.Min(2) int a,
                        @jakarta.validation.constraints.DecimalMax(value = "0.5", inclusive = false) double b,
                        @jakarta.validation.constraints.Positive long c,
                        @jakarta.validation.constraints.Pattern(regexp = "[a-z]+") String d,
                        @jakarta.validation.constraints.Digits(integer = 2, fraction = 1) double e,
                        @jakarta.validation.constraints.NotNull @jakarta.validation.constraints.NotEmpty
                                List<String> f) {}
                """);
        JavaFileObject[] sources = {
            Compiling.modifier(),
            options,
            jakarta("Min", "long value();"),
            jakarta("DecimalMax", "String value(); boolean inclusive() default true;"),
            jakarta("Positive", ""),
            jakarta("Pattern", "String regexp();"),
            jakarta("Digits", "int integer(); int fraction();"),
            jakarta("NotNull", ""),
            jakarta("NotEmpty", "")
        };
        try (Extension extension = Extension.compile(folder, List.of("-Xlint:-processing"), sources)) {
            assertEquals(
                    List.of(
                            "1:39 out-of-range graft.modifiers[0].a: must be at least 2",
                            "1:46 out-of-range graft.modifiers[0].b: must be less than 0.5",
                            "1:55 out-of-range graft.modifiers[0].c: must be greater than 0",
                            "1:62 pattern graft.modifiers[0].d: must match `[a-z]+`",
                            "1:70 out-of-range graft.modifiers[0].e: must have at most 2 digits before the point and 1"
                                    + " after it",
                            "1:80 empty graft.modifiers[0].f: must not be empty"),
                    extension.problems(entry("a = 1, b = 0.5, c = 0, d = A1, e = 0.25, f = []")));
        }
    }

    private static JavaFileObject jakarta(String name, String members) {
        return JavaFileObjects.forSourceString(
                "jakarta.validation.constraints." + name,
                "package jakarta.validation.constraints; public @interface " + name + " { " + members + " }");
    }

    private static String entry(String keys) {
        return "graft.modifiers = [{ type = demo, " + keys + " }]";
    }
}
