package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An extension and an application, both modular jars, which run in a JVM of their own: as modules, and on the class path. */
class ModulePathTest {
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

    private static final List<JavaFileObject> EXTENSION = List.of(
            source("module-info", """
                    module com.acme.lora {
                        requires io.graft.core;
                        provides io.graft.registry.ModifierProvider with com.acme.lora.LoraModelModifier_Provider;
                    }
                    """),
            source("com.acme.lora.LoraModelModifier", """
                    package com.acme.lora;

                    import io.graft.*;
                    import io.graft.model.ModelDraft;

                    /** Adds low-rank updates. */
                    @Modifier("lora")
                    public final class LoraModelModifier implements ModelModifier {
                        private final LoraOptions options;
                        public LoraModelModifier(LoraOptions options) { this.options = options; }
                        @Override public void apply(ModelDraft model, ModifierContext context) {}
                        @Override public String toString() { return getClass().getModule() + " " + options; }
                    }
                    """),
            source("com.acme.lora.LoraOptions", """
                    package com.acme.lora;

                    import io.graft.config.*;
                    import java.util.List;

                    /**
                     * Options.
                     *
                     * @param rank rank of the update
                     * @param targets modules
                     */
                    record LoraOptions(@Default("8") @Range(min = 1, max = 64) int rank, @NotEmpty List<String> targets) {}
                    """));

    private static final List<JavaFileObject> APPLICATION = List.of(
            source("module-info", "module com.acme.app { requires io.graft.core; }"), source("com.acme.app.Main", """
                    package com.acme.app;

                    import io.graft.config.reading.*;
                    import io.graft.registry.*;
                    import java.nio.file.Path;

                    public final class Main {
                        private Main() {}

                        public static void main(String[] files) {
                            var registry = PlugRegistry.discover(Main.class.getClassLoader());
                            registry.modifiers().forEach(found ->
                                    System.out.println(found.id() + " " + found.origin() + " " + found.version()));
                            registry.problems().forEach(problem -> System.out.println(problem.message()));
                            var file = (Bound.Ok<ConfigFile>) ConfigFile.read(Path.of(files[0]), ConfigOverrides.none());
                            var bound = registry.bind(0, file.value().root().at("graft.modifiers[0]"));
                            System.out.println(bound instanceof Bound.Ok<BoundModifier> ok ? ok.value().modifier() : bound);
                            bound.problems().forEach(problem -> System.out.println(problem.message()));
                        }
                    }
                    """));

    @TempDir
    Path folder;

    private Path extension;
    private Path application;
    private Path configuration;

    @BeforeEach
    void compile() throws IOException {
        extension = compile("lora", EXTENSION);
        application = compile("app", APPLICATION);
        configuration = Files.writeString(
                folder.resolve("train.conf"), "graft.modifiers = [{ type = lora, rank = 4, targets = [query] }]");
    }

    @Test
    void onTheModulePath() throws Exception {
        assertEquals(
                List.of("lora lora-1.2.jar 1.2", "module com.acme.lora LoraOptions[rank=4, targets=[query]]"),
                asModules(jar(extension)));
    }

    @Test
    void onTheModulePathWithoutServicesFile() throws Exception {
        Files.delete(extension.resolve(SERVICES));

        assertEquals(
                List.of("lora lora-1.2.jar 1.2", "module com.acme.lora LoraOptions[rank=4, targets=[query]]"),
                asModules(jar(extension)));
    }

    @Test
    void onTheClassPath() throws Exception {
        assertEquals(
                List.of("lora lora-1.2.jar 1.2", "unnamed module LoraOptions[rank=4, targets=[query]]"),
                asClasses(jar(extension)).stream()
                        .map(line -> line.replaceFirst("unnamed module @\\w+", "unnamed module"))
                        .toList());
    }

    @Test
    void aMistakeIsToldOnTheModulePath() throws Exception {
        Files.writeString(configuration, "graft.modifiers = [{ type = lora, rank = 99, targets = [query] }]");

        assertEquals("must be between 1 and 64", asModules(jar(extension)).get(2));
    }

    @Test
    void aProviderThatIsNotInItsModuleIsToldWithItsFolder() throws Exception {
        Files.delete(extension.resolve("com/acme/lora/LoraModelModifier_Provider.class"));
        Files.delete(extension.resolve(SERVICES));

        assertEquals(
                "`com.acme.lora.LoraModelModifier` of lora lists com.acme.lora.LoraModelModifier_Provider, which is not in it",
                // A folder, since the jar tool refuses such a module.
                asModules(extension).get(0));
    }

    @Test
    void aProviderThatIsTooNewIsToldWithItsJar() throws Exception {
        Path provider = extension.resolve("com/acme/lora/LoraModelModifier_Provider.class");
        byte[] bytes = Files.readAllBytes(provider);
        // The major version of the class file, of Java 56.
        bytes[7] = 100;
        Files.write(provider, bytes);

        assertEquals(
                "`com.acme.lora.LoraModelModifier` of lora-1.2.jar is compiled for Java 56, running "
                        + Runtime.version().feature(),
                asModules(jar(extension)).get(0));
    }

    private static JavaFileObject source(String name, String text) {
        return JavaFileObjects.forSourceString(name, text);
    }

    private Path compile(String name, List<JavaFileObject> sources) throws IOException {
        Path classes = Files.createDirectory(folder.resolve(name));
        assertEquals(
                List.of(),
                FileCompilation.run(
                        javax.tools.ToolProvider.getSystemJavaCompiler(),
                        classes,
                        List.of("-Xlint:all", "-Werror", "-classpath", "none", "--module-path", Classpath.CORE),
                        sources));
        return classes;
    }

    private List<String> asModules(Path modifiers) throws IOException, InterruptedException {
        return java(List.of("--module-path", path(modifiers), "--module", "com.acme.app/com.acme.app.Main"));
    }

    private List<String> asClasses(Path modifiers) throws IOException, InterruptedException {
        return java(List.of("-classpath", path(modifiers), "com.acme.app.Main"));
    }

    private String path(Path modifiers) throws IOException {
        return String.join(File.pathSeparator, Classpath.CORE, jar(application).toString(), modifiers.toString());
    }

    private Path jar(Path classes) throws IOException {
        Path manifest = Files.writeString(folder.resolve("MANIFEST.MF"), "Implementation-Version: 1.2\n");
        Path jar = folder.resolve(classes.getFileName() + "-1.2.jar");
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "--create",
                        "--file=" + jar,
                        "--manifest=" + manifest,
                        "--module-version=1.2",
                        "-C",
                        classes.toString(),
                        ".");
        assertEquals(0, code, said::toString);
        return jar;
    }

    /** The lines that the application prints. */
    private List<String> java(List<String> arguments) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        Process process = new ProcessBuilder(Stream.of(
                                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()),
                                arguments.stream(),
                                Stream.of(configuration.toString()))
                        .flatMap(words -> words)
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        int code = process.waitFor();
        String text = Files.readString(printed, StandardCharsets.UTF_8);
        assertEquals(0, code, text);
        return text.lines().toList();
    }
}
