package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles as anybody does: javac, with Graft's processor. */
public final class Javac {
    private Javac() {}

    /** Compiles files, given by name and text, into a folder whose classes they may use. */
    public static void compile(Path classes, Map<String, String> files) throws IOException {
        assertEquals(List.of(), errors(classes, files));
    }

    /** Compiles files, and returns what stops the compiler, as Maven prints it: {@code com/acme/X.java:[12,34] words}. */
    public static List<String> errors(Path classes, Map<String, String> files) throws IOException {
        String classPath = System.getProperty("java.class.path");
        List<String> options = List.of(
                "-classpath", classes + File.pathSeparator + classPath, "-processorpath", classPath, "-parameters");
        List<Source> sources = files.entrySet().stream()
                .map(file -> new Source(file.getKey(), file.getValue()))
                .toList();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            compiler.getTask(null, manager, diagnostics, options, null, sources).call();
        }
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(Javac::line)
                .toList();
    }

    private static String line(Diagnostic<? extends JavaFileObject> error) {
        String file =
                error.getSource() == null ? "" : error.getSource().getName().substring(1);
        return file + ":[" + error.getLineNumber() + "," + error.getColumnNumber() + "] "
                + error.getMessage(Locale.ROOT);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
