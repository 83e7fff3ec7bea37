package io.graft.benchmarks;

import io.graft.processor.ModifierAggregatingProcessor;
import io.graft.processor.ModifierBindingProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the annotation processors add to the time of javac, with many modifiers, each with its own options record. Arguments:
 * optionally their number. The time is wall time, of a compiler that has been warmed up as a build tool keeps it.
 */
public final class ProcessorBenchmark {
    private static final int RUNS = 7;

    private static final String MODIFIER = """
            package com.acme.bench;

            import io.graft.*;
            import io.graft.config.*;
            import io.graft.model.*;
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

    private ProcessorBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException {
        int modifiers = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        Path folder = Files.createTempDirectory("graft-processor-benchmark");
        try {
            List<Path> sources = new ArrayList<>();
            for (int n = 0; n < modifiers; n++) {
                sources.add(Files.writeString(
                        folder.resolve("Bench" + n + ".java"),
                        MODIFIER.replace("BenchN", "Bench" + n).replace("bench-N", "bench-" + n)));
            }
            double without = median(folder, sources, false);
            double with = median(folder, sources, true);
            System.out.printf(
                    Locale.ROOT,
                    "%d modifiers; javac %.2f s, with the processors %.2f s: %.2f s more (median of %d runs)%n",
                    modifiers,
                    without,
                    with,
                    with - without,
                    RUNS);
        } finally {
            delete(folder);
        }
    }

    private static double median(Path folder, List<Path> sources, boolean processors) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run < RUNS + 3; run++) {
            Path output = Files.createDirectories(folder.resolve("classes"));
            long start = System.nanoTime();
            compile(sources, output, processors);
            if (run >= 3) {
                seconds.add((System.nanoTime() - start) / 1e9);
            }
            delete(output);
        }
        Collections.sort(seconds);
        return seconds.get(RUNS / 2);
    }

    private static void compile(List<Path> sources, Path output, boolean processors) throws IOException {
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
                            ? List.<Processor>of(new ModifierAggregatingProcessor(), new ModifierBindingProcessor())
                            : List.of());
            if (!task.call()) {
                throw new IllegalStateException(said.toString());
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
