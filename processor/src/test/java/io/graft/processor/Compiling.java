package io.graft.processor;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/** Runs javac with all processors, as strictly as a user may. */
final class Compiling {
    private Compiling() {}

    static Compiler compiler(Object... options) {
        return Compiler.javac()
                .withOptions(Stream.concat(Stream.of("-Xlint:all"), Arrays.stream(options))
                        .toArray())
                .withProcessors(new MissingMarkProcessor(), new PlugAggregatingProcessor(), new PlugBindingProcessor());
    }

    /** A source of package {@code com.acme}, without its package line and imports, which take the first line. */
    static JavaFileObject source(String name, String body) {
        return JavaFileObjects.forSourceString(
                "com.acme." + name,
                "package com.acme; import io.graft.*; import io.graft.config.*; import io.graft.config.decoding.*; import io.graft.config.reading.*; import io.graft.model.*; import io.graft.model.tree.*;"
                        + " import java.util.*;\n" + body);
    }

    /** A modifier that takes {@code Options}. */
    static JavaFileObject modifier() {
        return source("DemoModelModifier", """
                /** Demonstrates. */
                @Modifier("demo")
                public final class DemoModelModifier implements ModelModifier {
                    private final Options options;
                    public DemoModelModifier(Options options) { this.options = options; }
                    @Override public void apply(ModelDraft model, ModifierContext context) {}
                    @Override public String toString() { return options.toString(); }
                }
                """);
    }

    /** The files that were written; one that was only looked for is among the generated ones, and cannot be read. */
    static List<JavaFileObject> written(Compilation compilation) {
        return compilation.generatedFiles().stream().filter(Compiling::isThere).toList();
    }

    private static boolean isThere(JavaFileObject file) {
        try {
            file.openInputStream().close();
            return true;
        } catch (IOException absent) {
            return false;
        }
    }

    static String generated(Compilation compilation, String qualifiedName) {
        return text(compilation.generatedSourceFile(qualifiedName).orElseThrow());
    }

    static String text(JavaFileObject file) {
        try (var content = file.openInputStream()) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<String> messages(Compilation compilation) {
        return compilation.diagnostics().stream()
                .map(diagnostic -> diagnostic.getMessage(null))
                .toList();
    }
}
