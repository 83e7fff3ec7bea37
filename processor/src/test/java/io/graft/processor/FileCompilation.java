package io.graft.processor;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/** Runs a compiler with both processors on files, which modules and the compiler of Eclipse want. */
final class FileCompilation {
    private FileCompilation() {}

    /**
     * Writes the sources into a folder and compiles them there.
     *
     * @return what the compiler says
     */
    static List<Diagnostic<? extends JavaFileObject>> run(
            JavaCompiler compiler, Path folder, List<String> options, List<JavaFileObject> sources) throws IOException {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<Path> written = new ArrayList<>();
            for (JavaFileObject source : sources) {
                Path file = folder.resolve(source.getName().replaceFirst("^/", ""));
                Files.createDirectories(file.getParent());
                written.add(Files.writeString(file, Compiling.text(source)));
            }
            JavaCompiler.CompilationTask task = compiler.getTask(
                    new StringWriter(),
                    files,
                    said,
                    Stream.concat(Stream.of("-d", folder.toString(), "-s", folder.toString()), options.stream())
                            .toList(),
                    null,
                    files.getJavaFileObjectsFromPaths(written));
            task.setProcessors(
                    List.of(new MissingMarkProcessor(), new PlugAggregatingProcessor(), new PlugBindingProcessor()));
            task.call();
        }
        return said.getDiagnostics();
    }

    /** {@code ERROR com/acme/X.java:2}; {@code -:0} without a place. */
    static String place(Path folder, Diagnostic<? extends JavaFileObject> diagnostic) {
        JavaFileObject source = diagnostic.getSource();
        String file = source == null
                ? "-"
                : source.getName().substring(folder.toString().length() + 1);
        return "%s %s:%d".formatted(diagnostic.getKind(), file, Math.max(0, diagnostic.getLineNumber()));
    }
}
