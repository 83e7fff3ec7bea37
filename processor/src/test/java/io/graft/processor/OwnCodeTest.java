package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/**
 * Core is compiled before this processor, so what is generated for its own model targets and output formats is kept with its sources; it is what the
 * processor generates now. With {@code -Dgraft.own.code=write} it is written anew.
 */
class OwnCodeTest {
    private static final Path CORE = Path.of("..", "core", "src", "main");
    private static final List<String> SOURCES = List.of(
            "io/graft/apply/checkpoint/CheckpointModelOpener",
            "io/graft/apply/checkpoint/CheckpointModelOptions",
            "io/graft/apply/output/GgufStateDict",
            "io/graft/apply/output/GgufStateDictOptions",
            "io/graft/apply/output/PytorchStateDict",
            "io/graft/apply/output/SafetensorsStateDict",
            "io/graft/djl/BlockModelOpener",
            "io/graft/djl/BlockModelOptions",
            "io/graft/djl/program/TorchScriptModelOpener",
            "io/graft/djl/program/TorchScriptModelOptions",
            "io/graft/apply/migration/DeclaredMigration",
            "io/graft/apply/migration/DeclaredMigrationOptions",
            "io/graft/config/decoding/AnyDecoder",
            "io/graft/djl/InputShapeDecoder");

    @Test
    void isWhatTheProcessorGenerates() throws IOException {
        Compilation compilation = Compiling.compiler("-Agraft.project=io.graft/graft-core")
                .compile(SOURCES.stream()
                        .map(name -> source(CORE.resolve("java/" + name + ".java")))
                        .toList());
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> kept = new TreeMap<>();
        for (JavaFileObject file : Compiling.written(compilation)) {
            String name = name(file);
            if (!name.endsWith(".class")) {
                Path place = CORE.resolve(name);
                String text = Compiling.text(file);
                if ("write".equals(System.getProperty("graft.own.code"))) {
                    Files.createDirectories(place.getParent());
                    Files.writeString(place, text);
                }
                expected.put(name, text);
                kept.put(name, Files.exists(place) ? Files.readString(place) : "");
            }
        }
        assertEquals(44, expected.size(), () -> Compiling.messages(compilation).toString());
        assertEquals(expected, kept);
    }

    @Test
    void nothingElseIsKept() throws IOException {
        try (Stream<Path> files = Files.walk(CORE.resolve("java"))) {
            assertEquals(
                    12,
                    files.filter(file -> file.toString().matches(".*_(Binder|Provider)\\.java"))
                            .count());
        }
    }

    private static String name(JavaFileObject file) {
        String name = file.getName().replaceFirst("^/(SOURCE_OUTPUT|CLASS_OUTPUT)/", "");
        return (file.getKind() == JavaFileObject.Kind.SOURCE ? "java/" : "resources/") + name;
    }

    private static JavaFileObject source(Path file) {
        try {
            return JavaFileObjects.forResource(file.toUri().toURL());
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}
