package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compilations that follow one another in one output folder, and classes that come from jars. */
class IncrementalTest {
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

    @TempDir
    Path output;

    @TempDir
    Path elsewhere;

    @Test
    void aPartialCompilationKeepsTheOtherModifiers() throws IOException {
        compile(List.of(), modifier("A", "a"), modifier("B", "b"));
        compile(List.of(), modifier("B", "b"));

        assertEquals("com.acme.A_Provider # com.acme.A\ncom.acme.B_Provider # com.acme.B\n", services());
    }

    @Test
    void aDeletedModifierIsTakenOut() throws IOException {
        compile(List.of(), modifier("A", "a"), modifier("B", "b"));
        Files.delete(output.resolve("com/acme/A.class"));
        Files.delete(output.resolve("com/acme/A_Provider.class"));
        compile(List.of(), modifier("B", "b"));

        assertEquals("com.acme.B_Provider # com.acme.B\n", services());
    }

    @Test
    void aRenamedModifierIsListedOnce() throws IOException {
        compile(List.of(), modifier("A", "a"), modifier("B", "b"));
        Files.delete(output.resolve("com/acme/A.class"));
        compile(List.of(), modifier("C", "a"), modifier("B", "b"));

        assertEquals("com.acme.B_Provider # com.acme.B\ncom.acme.C_Provider # com.acme.C\n", services());
    }

    @Test
    void aClassThatIsNoModifierAnyMoreIsTakenOut() throws IOException {
        compile(List.of(), modifier("A", "a"), modifier("B", "b"));
        compile(List.of(), source("A", "public class A {}"), modifier("B", "b"));

        assertEquals("com.acme.B_Provider # com.acme.B\n", services());
    }

    @Test
    void aNestedModifierSurvivesAPartialCompilation() throws IOException {
        compile(
                List.of(),
                source(
                        "Outer_1",
                        "public class Outer_1 { "
                                + text("Inner", "inner").replace("public class", "public static class") + " }"),
                modifier("B", "b"));
        compile(List.of(), modifier("B", "b"));

        assertEquals(
                "com.acme.B_Provider # com.acme.B\ncom.acme.Outer_1_Inner_Provider # com.acme.Outer_1.Inner\n",
                services());
    }

    @Test
    void aLineThatAPersonWroteStaysWhileItsClassIsThere() throws IOException {
        Files.createDirectories(output.resolve(SERVICES).getParent());
        Files.writeString(output.resolve(SERVICES), "# ours\njava.lang.String\ncom.acme.Gone\n");
        compile(List.of(), modifier("B", "b"));

        assertEquals("com.acme.B_Provider # com.acme.B\njava.lang.String\n", services());
    }

    @Test
    void anIdOfAnEarlierCompilationIsStillTaken() throws IOException {
        compile(List.of(), modifier("A", "a"));
        List<String> messages = messages(List.of(), modifier("B", "a"));

        assertEquals(List.of("[graft:duplicate-id] id `a` is already used by com.acme.A."), messages);
    }

    @Test
    void aRecordOfAnEarlierCompilationKeepsItsBinder() throws IOException {
        JavaFileObject options = source("Options", "/** @param name one */ public record Options(String name) {}");
        compile(List.of(), withOptions("A", "a"), withOptions("B", "b"), options);
        byte[] binder = Files.readAllBytes(output.resolve("com/acme/Options_Binder.class"));
        compile(List.of(), withOptions("B", "b"));

        assertEquals(0, Arrays.compare(binder, Files.readAllBytes(output.resolve("com/acme/Options_Binder.class"))));
        assertFalse(Files.exists(output.resolve("com/acme/Options_Binder.java")));
    }

    @Test
    void aRecordOfAJarBringsItsBinder() throws IOException {
        compile(
                List.of(),
                withOptions("A", "a"),
                source("Options", "/** @param s one */ public record Options(Schedule s) {}"),
                source("Schedule", "/** @param name one */ public record Schedule(String name) {}"));
        Path library = jar("schedules-1.0.jar", "Schedule", "Schedule_Binder");
        clear();

        assertEquals(
                List.of(),
                messages(
                        List.of(library),
                        withOptions("A", "a"),
                        source("Options", "/** @param s one */ public record Options(Schedule s) {}")));
        assertTrue(Files.exists(output.resolve("com/acme/A_Provider.class")));
        assertFalse(Files.exists(output.resolve("com/acme/Schedule_Binder.class")));
    }

    @Test
    void aFlattenedRecordOfAJarLendsItsKeys() throws IOException {
        JavaFileObject flat = source("Options", "/** @param s one */ public record Options(@Flatten Schedule s) {}");
        compile(
                List.of(),
                withOptions("A", "a"),
                flat,
                source("Schedule", "/** @param name one */ public record Schedule(@Default(\"x\") String name) {}"));
        String schema = Files.readString(output.resolve("META-INF/graft/modifiers/a.schema.json"));
        Path library = jar("schedules-1.0.jar", "Schedule", "Schedule_Binder");
        clear();

        assertEquals(List.of(), messages(List.of(library), withOptions("A", "a"), flat));
        // a class file has no comment
        assertEquals(
                schema.replaceFirst("\"description\": \"one\",\\s*", ""),
                Files.readString(output.resolve("META-INF/graft/modifiers/a.schema.json")));
    }

    @Test
    void optionsWithoutBinder() throws IOException {
        compile(List.of(), source("Schedule", "public record Schedule(String name) {}"));
        Path library = jar("schedules-1.0.jar", "Schedule");
        clear();
        List<String> messages = messages(
                List.of(library),
                withOptions("A", "a"),
                source("Options", "/** @param s one */ public record Options(Schedule s) {}"));

        assertEquals(
                List.of("[graft:options-without-binder] record `Schedule` comes from schedules-1.0.jar, "
                        + "which holds no binder"
                        + " for it; compile that jar with graft-processor or copy the record."),
                messages);
    }

    @Test
    void aMistakeInOneModifierLeavesTheOthersAlone() throws IOException {
        List<String> messages = messages(List.of(), modifier("Good", "good"), modifier("Bad", "Bad"));

        assertEquals(
                List.of("[graft:bad-id] id `Bad` must match `[a-z][a-z0-9]*(-[a-z0-9]+)*` and be at most 64 characters;"
                        + " try `bad`."),
                messages);
        assertTrue(Files.exists(elsewhere.resolve("com/acme/Good_Provider.java")));
        assertFalse(Files.exists(elsewhere.resolve("com/acme/Bad_Provider.java")));
    }

    @Test
    void whatLooksAtEveryClassComesFirst() {
        List<String> processors = ServiceLoader.load(Processor.class).stream()
                .map(ServiceLoader.Provider::type)
                .filter(type -> type.getPackageName().equals(PlugBindingProcessor.class.getPackageName()))
                .map(Class::getSimpleName)
                .toList();

        assertEquals(List.of("MissingMarkProcessor", "PlugAggregatingProcessor", "PlugBindingProcessor"), processors);
    }

    @Test
    void namedInTheOtherOrderTheyDoTheSame() throws IOException {
        List<String> messages = messages(
                List.of(new PlugBindingProcessor(), new PlugAggregatingProcessor()), List.of(), modifier("A", "a"));

        assertEquals(List.of(), messages);
        assertEquals("com.acme.A_Provider # com.acme.A\n", services());
        assertTrue(Files.exists(output.resolve("com/acme/A_Provider.class")));
    }

    @Test
    void buildToolsKnowTheCategories() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/META-INF/gradle/incremental.annotation.processors")) {
            assertEquals("""
                    io.graft.processor.MissingMarkProcessor,isolating
                    io.graft.processor.PlugAggregatingProcessor,aggregating
                    io.graft.processor.PlugBindingProcessor,isolating
                    """, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void compile(List<Path> libraries, JavaFileObject... sources) throws IOException {
        assertEquals(List.of(), messages(libraries, sources));
    }

    /** What javac says; classes go to, and are found in, the output folder, as build tools do it. */
    private List<String> messages(List<Path> libraries, JavaFileObject... sources) throws IOException {
        return messages(List.of(new PlugAggregatingProcessor(), new PlugBindingProcessor()), libraries, sources);
    }

    private List<String> messages(List<Processor> processors, List<Path> libraries, JavaFileObject... sources)
            throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = javac.getStandardFileManager(diagnostics, null, StandardCharsets.UTF_8)) {
            List<Path> classPath = new ArrayList<>(List.of(output));
            classPath.addAll(libraries);
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                classPath.add(Path.of(entry));
            }
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            files.setLocationFromPaths(StandardLocation.SOURCE_OUTPUT, List.of(elsewhere));
            JavaCompiler.CompilationTask task =
                    javac.getTask(null, files, diagnostics, List.of(), null, List.of(sources));
            task.setProcessors(processors);
            task.call();
        }
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
                .map(diagnostic -> diagnostic.getMessage(null))
                .toList();
    }

    private String services() throws IOException {
        return Files.readString(output.resolve(SERVICES));
    }

    private Path jar(String name, String... classes) throws IOException {
        Path jar = elsewhere.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String type : classes) {
                String entry = "com/acme/" + type + ".class";
                entries.putNextEntry(new JarEntry(entry));
                entries.write(Files.readAllBytes(output.resolve(entry)));
            }
        }
        return jar;
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(output)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static JavaFileObject modifier(String name, String id) {
        return source(name, text(name, id));
    }

    private static JavaFileObject withOptions(String name, String id) {
        return source(name, text(name, id).replace("() {}", "(Options options) {}"));
    }

    private static String text(String name, String id) {
        return """
                @Modifier("%2$s") public class %1$s implements ModelModifier {
                    public %1$s() {}
                    public void apply(ModelDraft model, ModifierContext context) {}
                }
                """.formatted(name, id);
    }

    private static JavaFileObject source(String name, String body) {
        return JavaFileObjects.forSourceString(
                "com.acme." + name,
                "package com.acme; import io.graft.*; import io.graft.config.*; import io.graft.model.*;"
                        + " import io.graft.model.tree.*;\n" + body);
    }
}
