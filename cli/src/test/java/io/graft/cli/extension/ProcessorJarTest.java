package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.processor.PlugBindingProcessor;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of the processor as it is built: alone on a processor path, it has what it needs, and shows none of it to others. */
class ProcessorJarTest {
    private static final String SOURCE = """
            package com.acme;

            import io.graft.Modifier;
            import io.graft.ModelModifier;
            import io.graft.ModifierContext;
            import io.graft.checkpoint.source.CheckpointRef;
            import io.graft.config.*;
            import io.graft.model.ModelDraft;
            import io.graft.model.tree.Selector;
            import io.graft.tensor.Shape;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;

            /** Does everything. */
            @Modifier("everything")
            public final class EverythingModelModifier implements ModelModifier {
                private final Options options;
                public EverythingModelModifier(Options options) { this.options = options; }
                @Override public void apply(ModelDraft model, ModifierContext context) {}
                @Override public String toString() { return options.toString(); }

                /** Kinds of start. */
                public enum Start { ZERO, ONE_HALF }

                /** What is chosen. */
                public sealed interface Init permits Constant, Spread {}

                /** @param value of all */
                @Tag("constant") public record Constant(double value) implements Init {}

                /** @param width of them */
                @Tag("spread") public record Spread(@Default("2") int width) implements Init {}

                /**
                 * Options.
                 *
                 * @param rank a number
                 * @param start an enum
                 * @param size bytes
                 * @param pause a time
                 * @param shape dimensions
                 * @param file a path
                 * @param source a checkpoint
                 * @param targets modules
                 * @param names texts
                 * @param init a choice
                 */
                public record Options(
                        @Default(RANK) @Range(min = 1, max = 64) @Alias("r") int rank,
                        @Default("one-half") Start start,
                        @Default("5MB") DataSize size,
                        @Default("2s") Duration pause,
                        @Default("[1, 3]") Shape shape,
                        Optional<Path> file,
                        Optional<CheckpointRef> source,
                        @NotEmpty List<Selector> targets,
                        Map<String, String> names,
                        Init init) {
                    @Check
                    static void checked(Options options, CheckSink sink) {}
                }
            }
            """;

    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void find() throws URISyntaxException {
        jar = Path.of(PlugBindingProcessor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assumeTrue(Files.isRegularFile(jar), "the processor is packed by `mvn package` and what comes after it");
    }

    @Test
    void itWorksAloneOnAProcessorPath() throws Exception {
        assertEquals("", javac(SOURCE.replace("RANK", "\"8\"")));
        List<String> leftovers = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("processor.internal")
                        || new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                                .contains("processor/internal")) {
                    leftovers.add(file.toString());
                }
            }
        }
        assertEquals(List.of(), leftovers);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            PlugRegistry registry = PlugRegistry.discover(loader);
            Bound<BoundModifier> bound = registry.bind(
                    0,
                    ConfigCursor.of(ConfigFactory.parseString(
                                    "m { type = everything, r = 4, targets = [a], init { type = spread } }"))
                            .at("m"));
            assertEquals(List.of(), bound.problems());
            assertEquals(
                    "Options[rank=4, start=ONE_HALF, size=5MB, pause=PT2S, shape=[1, 3], file=Optional.empty,"
                            + " source=Optional.empty, targets=[a], names={}, init=Spread[width=2]]",
                    ((Bound.Ok<BoundModifier>) bound).value().modifier().toString());
        }
        assertTrue(Files.exists(folder.resolve("META-INF/graft/modifiers/everything.md")));
    }

    @Test
    void itFindsMistakesAlone() throws Exception {
        String said = javac(SOURCE.replace("RANK", "\"99\""));
        assertTrue(
                said.contains(
                        "[graft:default-violates] @Default(\"99\") violates @Range(min=1, max=64) on the same component."),
                said);
    }

    @Test
    void whatItCarriesIsItsOwnAndLicensed() throws IOException {
        try (ZipFile packed = new ZipFile(jar.toFile())) {
            assertEquals(
                    List.of(),
                    packed.stream()
                            .map(ZipEntry::getName)
                            .filter(name -> name.endsWith(".class")
                                    && !name.startsWith("io/graft/processor/")
                                    && !name.equals("module-info.class"))
                            .toList());
            String notice = text(packed, "META-INF/NOTICE");
            assertTrue(notice.contains("JavaPoet") && notice.contains("HOCON Config"), notice);
            assertEquals(Files.readString(Path.of("../LICENSE")), text(packed, "META-INF/LICENSE"));
        }
    }

    private static String text(ZipFile packed, String name) throws IOException {
        return new String(packed.getInputStream(packed.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What a javac of its own says, which sees the jar and nothing else on its processor path. */
    private String javac(String source) throws IOException, InterruptedException {
        Path file = folder.resolve("com/acme/EverythingModelModifier.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        Path said = folder.resolve("said");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                        "-processorpath",
                        jar.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-Xlint:all,-path,-classfile,-processing",
                        "-s",
                        folder.toString(),
                        "-d",
                        folder.toString(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        return Files.readString(said);
    }
}
