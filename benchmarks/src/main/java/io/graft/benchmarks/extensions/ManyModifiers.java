package io.graft.benchmarks.extensions;

import io.graft.processor.PlugAggregatingProcessor;
import io.graft.processor.PlugBindingProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import javax.annotation.processing.Processor;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources of many modifiers {@code BenchN}, each with an options record of five components and a nested record, and javac. */
final class ManyModifiers {
    private static final String MODIFIER = """
            package PACKAGE;

            import io.graft.*;
            import io.graft.config.*;
            import io.graft.model.*;
            import io.graft.model.tree.*;
            import java.util.*;

            /** Modifier number N. */
            @Modifier("bench-N")
            public final class BenchN implements ModelModifier {
                public BenchN(Options options) {}

                @Override
                public void apply(ModelDraft model, ModifierContext context) {}

                /**
                 * Options.
                 *
                 * @param rank rank of the update
                 * @param alpha scale of the update
                 * @param targets modules to adapt
                 * @param warmup time before the update counts
                 * @param rename new names
                 */
                public record Options(
                        @Default("8") @Range(min = 1, max = 4096) int rank,
                        @Default("16") @Range(min = 0) double alpha,
                        @NotEmpty List<Selector> targets,
                        Optional<java.time.Duration> warmup,
                        List<Rename> rename) {}

                /**
                 * A new name.
                 *
                 * @param from the old name
                 * @param to the new name
                 */
                public record Rename(@NotBlank String from, @NotBlank String to) {}
            }
            """;

    private ManyModifiers() {}

    /**
     * Writes the sources below a folder.
     *
     * @param packages the package of a modifier, by its number
     */
    static List<Path> write(Path folder, int count, IntFunction<String> packages) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            String name = packages.apply(n);
            Path file = folder.resolve(name.replace('.', '/')).resolve("Bench" + n + ".java");
            Files.createDirectories(file.getParent());
            sources.add(Files.writeString(
                    file,
                    MODIFIER.replace("PACKAGE", name)
                            .replace("BenchN", "Bench" + n)
                            .replace("bench-N", "bench-" + n)));
        }
        return sources;
    }

    /** Compiles sources, with our annotation processors or without any. */
    static void compile(List<Path> sources, Path output, boolean processors) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            JavaCompiler.CompilationTask task = compiler.getTask(
                    said,
                    files,
                    null,
                    List.of("-d", output.toString()),
                    null,
                    files.getJavaFileObjectsFromPaths(sources));
            task.setProcessors(
                    processors
                            ? List.<Processor>of(new PlugAggregatingProcessor(), new PlugBindingProcessor())
                            : List.of());
            if (!task.call()) {
                throw new IllegalStateException(said.toString());
            }
        }
    }
}
