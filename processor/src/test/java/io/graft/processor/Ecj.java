package io.graft.processor;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
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
        JavaCompiler compiler = new EclipseCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<Path> written = new ArrayList<>();
            for (JavaFileObject source : sources) {
                Path file = folder.resolve(source.getName());
                Files.createDirectories(file.getParent());
                written.add(Files.writeString(file, Compiling.text(source)));
            }
            JavaCompiler.CompilationTask task = compiler.getTask(
                    new StringWriter(),
                    files,
                    said,
                    Stream.concat(
                                    Stream.of(
                                            "-source",
                                            "17",
                                            "-target",
                                            "17",
                                            "-d",
                                            folder.toString(),
                                            "-s",
                                            folder.toString()),
                                    options.stream())
                            .toList(),
                    null,
                    files.getJavaFileObjectsFromPaths(written));
            task.setProcessors(List.of(new ModifierAggregatingProcessor(), new ModifierBindingProcessor()));
            task.call();
        }
        return said.getDiagnostics().stream()
                .map(diagnostic -> describe(folder, diagnostic))
                .toList();
    }

    private static String describe(Path folder, Diagnostic<? extends JavaFileObject> diagnostic) {
        JavaFileObject source = diagnostic.getSource();
        String file = source == null
                ? "-"
                : source.getName().substring(folder.toString().length() + 1);
        return "%s %s:%d: %s"
                .formatted(diagnostic.getKind(), file, diagnostic.getLineNumber(), diagnostic.getMessage(Locale.ROOT));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
