package io.graft.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;

/**
 * Runs the compiler of Eclipse with both processors. It takes files only, gives no place for a record as a whole, and from
 * version 3.42 on none for the fields of a record either.
 */
final class Ecj {
    private Ecj() {}

    /** What it says: {@code ERROR com/acme/X.java:2: text}; it counts columns in its own way, so they are left out. */
    static List<String> compile(List<String> options, List<JavaFileObject> sources) {
        try {
            Path folder = Files.createTempDirectory("ecj");
            try {
                return compile(folder, options, sources);
            } finally {
                delete(folder);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What it finds wrong with a program. */
    static List<String> errors(JavaFileObject... sources) {
        return compile(List.of(), List.of(sources)).stream()
                .filter(text -> text.startsWith("ERROR"))
                .toList();
    }

    private static List<String> compile(Path folder, List<String> options, List<JavaFileObject> sources)
            throws IOException {
        return FileCompilation.run(
                        new EclipseCompiler(),
                        folder,
                        Stream.concat(Stream.of("-source", "17", "-target", "17"), options.stream())
                                .toList(),
                        sources)
                .stream()
                .map(diagnostic ->
                        FileCompilation.place(folder, diagnostic) + ": " + diagnostic.getMessage(Locale.ROOT))
                .toList();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
