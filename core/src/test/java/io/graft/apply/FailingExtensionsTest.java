package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.checkpoint.Fixtures;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.TestJar;
import io.graft.problem.Problem;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an extension throws, wherever it does, is told as the extension's. */
class FailingExtensionsTest {
    private static final String MODIFIER = """
            package com.acme;
            public final class Boom implements io.graft.ModelModifier {
                static { if (true) { /*static*/ } }
                public Boom() { if (true) { /*constructor*/ } }
                @Override public void apply(io.graft.model.ModelDraft model, io.graft.ModifierContext context) {
                    if (true) { /*apply*/ }
                }
                static void recurse() { recurse(); }
            }
            """;
    private static final String PROVIDER = """
            package com.acme;
            import io.graft.registry.*;
            public final class Boom_Provider implements ModifierProvider {
                static { if (true) { /*provider-static*/ } }
                public Boom_Provider() { if (true) { /*provider*/ } }
                static void recurse() { recurse(); }
                @Override public int apiLevel() { return 1; }
                @Override public PlugDescriptor descriptor() {
                    if (true) { /*descriptor*/ }
                    return new PlugDescriptor("boom", java.util.List.of(), "com.acme.Boom", "", java.util.List.of());
                }
                @Override public io.graft.config.reading.Bound<io.graft.ModelModifier> bind(io.graft.config.reading.ConfigCursor entry) {
                    if (true) { /*bind*/ }
                    return new io.graft.config.reading.Bound.Ok<>(new Boom());
                }
            }
            """;

    private static final Map<String, String> THROWN = Map.of(
            "recurse();", "StackOverflowError",
            "throw new AssertionError(\"two\\nlines\");", "AssertionError: two",
            "throw new OutOfMemoryError(\"Java heap space\");", "OutOfMemoryError: Java heap space",
            "throw new NoClassDefFoundError(\"org/lib/Gone\");", "needs class org.lib.Gone",
            "throw new IllegalStateException();", "IllegalStateException");

    @TempDir
    Path folder;

    static Stream<Arguments> inPlanning() {
        return Stream.of("static", "constructor", "bind", "apply")
                .flatMap(where -> THROWN.keySet().stream().map(what -> Arguments.of(where, what)));
    }

    @ParameterizedTest
    @MethodSource("inPlanning")
    void whatAModifierThrowsIsTheModifiers(String where, String what) throws IOException {
        try (LoadedExtensions extensions = extension(where, what)) {
            Path file = Files.writeString(
                    folder.resolve("x.conf"),
                    "graft { model.checkpoint = \"" + Fixtures.path("epd/model.safetensors")
                            + "\", modifiers = [{ type = boom }] }");
            ModelModifierApplier applier = ModelModifierApplier.create(extensions);
            List<Problem> problems = where.equals("apply")
                    ? applier.configuration(file).plan().problems()
                    : assertThrows(
                                    GraftException.class,
                                    () -> applier.configuration(file).plan())
                            .problems();
            assertEquals(1, problems.size(), problems::toString);
            assertEquals(
                    where.equals("apply") ? whileApplied(THROWN.get(what)) : whileMade(THROWN.get(what)),
                    problems.get(0).message() + "; " + problems.get(0).help());
        }
    }

    private static String whileApplied(String thrown) {
        String memory = thrown.startsWith("OutOfMemory")
                ? "give the JVM more memory, such as GRAFT_JAVA_OPTS=-Xmx8g; if that does not help, "
                : "";
        return "modifier 1 of 1, `boom`, failed: "
                + thrown.replace("needs class org.lib.Gone", "NoClassDefFoundError: org/lib/Gone") + "; " + memory
                + "this is a fault in the modifier, which comes from boom.jar";
    }

    private static String whileMade(String thrown) {
        return "`boom` of boom.jar "
                + (thrown.startsWith("needs")
                        ? thrown
                                + ", which is not on the class path; put the jar that holds it and this one into a folder of"
                                + " their own among the extensions"
                        : "cannot be made: " + thrown + "; tell the author of the jar");
    }

    static Stream<Arguments> inDiscovery() {
        return Stream.of("provider-static", "provider", "descriptor")
                .flatMap(where -> THROWN.keySet().stream().map(what -> Arguments.of(where, what)));
    }

    @ParameterizedTest
    @MethodSource("inDiscovery")
    void whatAProviderThrowsIsTheJars(String where, String what) throws IOException {
        try (LoadedExtensions extensions = extension(where, what)) {
            List<Problem> problems = PlugRegistry.discover(extensions).problems();
            assertEquals(1, problems.size(), problems::toString);
            assertEquals(
                    whileMade(THROWN.get(what)).replace("`boom`", "`com.acme.Boom`"),
                    problems.get(0).message() + "; " + problems.get(0).help());
        }
    }

    private LoadedExtensions extension(String where, String what) {
        Path jar = folder.resolve("boom.jar");
        TestJar.compile(
                        folder,
                        Map.of(
                                "Boom", MODIFIER.replace("/*" + where + "*/", what),
                                "Boom_Provider", PROVIDER.replace("/*" + where + "*/", what)))
                .provides("com.acme.Boom_Provider")
                .write(jar);
        return LoadedExtensions.load(List.of(jar), List.of(), getClass().getClassLoader());
    }
}
