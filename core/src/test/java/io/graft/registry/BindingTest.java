package io.graft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.extension.TestJar;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.SourceRef;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From an entry of a file to a modifier, among jars of which some cannot be used. */
class BindingTest {
    @TempDir
    static Path folder;

    private static URLClassLoader loader;
    private static PlugRegistry registry;

    @BeforeAll
    static void discover() {
        Map<String, String> future = TestJar.modifier("PruneModelModifier", "prune");
        future.computeIfPresent(
                "PruneModelModifier_Provider", (name, source) -> source.replace("return 1;", "return 5;"));
        Map<String, String> linked = TestJar.modifier("LinkedModelModifier", "linked");
        linked.put("Helper", "package com.acme; public class Helper {}");
        linked.computeIfPresent(
                "LinkedModelModifier",
                (name, source) ->
                        source.replace("class LinkedModelModifier", "class LinkedModelModifier extends Helper"));
        Map<String, String> plain = Map.of(
                "PlainModelModifier",
                "package com.acme; @io.graft.Modifier(\"plain\") public class PlainModelModifier {}");
        URL[] jars = {
            jar("acme-lora-1.2", TestJar.compile(folder, TestJar.modifier("LoraModelModifier", "lora")), "Lora"),
            jar(
                    "quantization-1.0",
                    TestJar.compile(folder, TestJar.modifier("QuantizationModelModifier", "quantization")),
                    "Quantization"),
            jar("twin-1", TestJar.compile(folder, TestJar.modifier("OneModelModifier", "twin")), "One"),
            jar("twin-2", TestJar.compile(folder, TestJar.modifier("TwoModelModifier", "twin")), "Two"),
            jar("acme-prune-2.0", TestJar.compile(folder, future), "Prune"),
            TestJar.compile(folder, plain).write(folder.resolve("plain-1.0.jar")),
            jar("both-1", TestJar.compile(folder, TestJar.modifier("BothModelModifier", "both")), "Both"),
            jar("both-2", TestJar.compile(folder, TestJar.modifier("BothModelModifier", "both")), "Both"),
            jar("linked-1.0", TestJar.compile(folder, linked).without("com/acme/Helper.class"), "Linked")
        };
        loader = new URLClassLoader(jars, PlugRegistry.class.getClassLoader());
        registry = PlugRegistry.discover(loader);
    }

    private static URL jar(String name, TestJar jar, String modifier) {
        return jar.provides("com.acme." + modifier + "ModelModifier_Provider").write(folder.resolve(name + ".jar"));
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    @Test
    void bindsById() throws IOException {
        assertBound("lora acme-lora-1.2.jar", "{ type = lora, rank = 4 }");
    }

    @Test
    void bindsByAlias() throws IOException {
        assertBound("lora acme-lora-1.2.jar", "{ _target_ = org.example.LoraModelModifier }");
    }

    @Test
    void bindsByClassName() throws IOException {
        assertBound("twin twin-2.jar", "{ type = com.acme.TwoModelModifier }");
    }

    @Test
    void bothWaysToSelectAreOneTooMany() throws IOException {
        assertProblem(
                ProblemCode.EXCLUSIVE,
                "1:35 graft.modifiers[0]._target_",
                "`type` and `_target_` both select the modifier",
                "keep one of them",
                "{ type = lora, _target_ = lora }");
    }

    @Test
    void anEntryNeedsAType() throws IOException {
        assertProblem(
                ProblemCode.MISSING_MODIFIER_TYPE,
                "1:20 graft.modifiers[0]",
                "the entry does not say which modifier it is for",
                "add `type`, such as `type = freezing`; `graft modifiers list` shows them",
                "{ rank = 4 }");
    }

    @Test
    void anEntryIsAnObject() throws IOException {
        assertProblem(
                ProblemCode.WRONG_TYPE,
                "1:20 graft.modifiers[0]",
                "a modifier is an object, such as { type = freezing }",
                "write the options in braces, with `type`",
                "lora");
    }

    @Test
    void theTypeIsAText() throws IOException {
        assertProblem(
                ProblemCode.WRONG_TYPE,
                "1:29 graft.modifiers[0].type",
                "the name of a modifier is a text",
                "give an id, such as `type = freezing`; `graft modifiers list` shows them",
                "{ type = [lora] }");
    }

    @Test
    void unknownModifier() throws IOException {
        Problem problem = assertProblem(
                ProblemCode.UNKNOWN_MODIFIER,
                "1:29 graft.modifiers[0].type",
                "no modifier has id `quantisation`; did you mean `quantization`?",
                "",
                "{ type = quantisation, bits = 3 }");

        assertEquals(
                List.of(
                        "found: both (both-1.jar), linked (linked-1.0.jar), lora (acme-lora-1.2.jar), quantization (quantization-1.0.jar)",
                        "not usable: com.acme.PruneModelModifier - acme-prune-2.0.jar needs API level 5, "
                                + "this runtime supports 1"),
                problem.notes());
    }

    @Test
    void anUnknownNameIsShownInPart() throws IOException {
        assertProblem(
                ProblemCode.UNKNOWN_MODIFIER,
                "1:29 graft.modifiers[0].type",
                "no modifier has id `" + "x".repeat(60) + "...`",
                "if a jar brings it, add that jar to the class path or to the extensions",
                "{ type = " + "x".repeat(5_000_000) + " }");
    }

    @Test
    void aBrokenProviderIsAnErrorWhenItIsNeeded() throws IOException {
        assertProblem(
                ProblemCode.API_LEVEL_UNSUPPORTED,
                "1:29 graft.modifiers[0].type",
                "`com.acme.PruneModelModifier` of acme-prune-2.0.jar needs API level 5, this runtime supports 1",
                "update Graft",
                "{ type = com.acme.PruneModelModifier }");
    }

    @Test
    void aSharedIdIsAnErrorWhenItIsUsed() throws IOException {
        assertProblem(
                ProblemCode.DUPLICATE_ID,
                "1:29 graft.modifiers[0].type",
                "`twin` is the name of com.acme.OneModelModifier (twin-1.jar) and "
                        + "com.acme.TwoModelModifier (twin-2.jar)",
                "name one by its class: type = \"com.acme.OneModelModifier\"",
                "{ type = twin }");
    }

    @Test
    void aClassWithoutAProviderIsAnErrorWhenItIsNeeded() throws IOException {
        assertProblem(
                ProblemCode.ANNOTATED_BUT_NOT_GENERATED,
                "1:29 graft.modifiers[0].type",
                "`com.acme.PlainModelModifier` of plain-1.0.jar has @Modifier and no generated provider",
                "compile it with graft-processor among the annotationProcessorPaths: since Java 23 a processor on the"
                        + " class path alone does not run",
                "{ type = plain }");
    }

    @Test
    void aModifierThatIsThereTwiceIsUsedWithAWarning() throws IOException {
        Bound<BoundModifier> bound = bind("{ type = both }");

        assertInstanceOf(Bound.Ok.class, bound);
        assertEquals(
                List.of(
                        "`com.acme.BothModelModifier` is in both-1.jar and in both-2.jar; the one in both-1.jar is used"),
                bound.problems().stream().map(Problem::message).toList());
    }

    @Test
    void aModifierThatCannotBeLinkedIsAnErrorWhenItIsMade() throws IOException {
        assertProblem(
                ProblemCode.PROVIDER_LINKAGE,
                "1:20 graft.modifiers[0]",
                "`linked` of linked-1.0.jar needs class com.acme.Helper, which is not on the class path",
                "add the jar that holds it",
                "{ type = linked }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rank", "r", "old-rank", "old_rank"})
    void aProblemOfAnOptionSaysWhatTheOptionIs(String key) throws IOException {
        Bound.Failed<?> failed = assertInstanceOf(Bound.Failed.class, bind("{ type = lora, " + key + " = many }"));

        assertEquals(
                List.of(List.of("lora (acme-lora-1.2.jar): \"Rank of the update.\" default 8")),
                failed.problems().stream()
                        .filter(Problem::isError)
                        .map(Problem::notes)
                        .toList());
    }

    private static void assertBound(String expected, String entry) throws IOException {
        Bound<BoundModifier> bound = bind(entry);
        if (bound instanceof Bound.Ok<BoundModifier> ok) {
            assertEquals(expected, ok.value().id() + " " + ok.value().origin());
        } else {
            fail(bound.problems().toString());
        }
    }

    private static Problem assertProblem(ProblemCode code, String place, String message, String help, String entry)
            throws IOException {
        Bound.Failed<?> failed = assertInstanceOf(Bound.Failed.class, bind(entry));
        assertEquals(1, failed.problems().size(), () -> failed.problems().toString());
        Problem problem = failed.problems().get(0);
        assertEquals(message, problem.message());
        assertEquals(code, problem.code());
        assertEquals(help, problem.help());
        SourceRef at = problem.at().orElseThrow();
        assertEquals(place, at.line() + ":" + at.column() + " " + problem.path());
        return problem;
    }

    private static Bound<BoundModifier> bind(String entry) throws IOException {
        Path file = Files.writeString(folder.resolve("train.conf"), "graft.modifiers = [" + entry + "]\n");
        if (ConfigFile.read(file, ConfigOverrides.none()) instanceof Bound.Ok<ConfigFile> ok) {
            return registry.bind(
                    0, ok.value().root().at("graft").at("modifiers").elements().get(0));
        }
        return fail("the file cannot be read");
    }
}
