package io.graft.benchmarks;

import io.graft.processor.ModifierAggregatingProcessor;
import io.graft.processor.ModifierBindingProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Wall time and peak memory of {@code graft modifiers list} with many extensions, each a jar with one modifier in it.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, and optionally the number of extensions. They are made in
 * the folder and removed at the end.
 */
public final class ExtensionsBenchmark {
    private static final int RUNS = 9;
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

    private static final String MODIFIER = """
            package com.acme.benchN;

            import io.graft.*;
            import io.graft.config.*;
            import io.graft.model.*;
            import java.util.*;

            /** Modifier number N. */
            @Modifier("bench-N")
            public final class BenchModelModifier implements ModelModifier {
                public BenchModelModifier(Options options) {}

                @Override
                public void apply(ModelDraft model, ModifierContext context) {}

                /**
                 * Options.
                 *
                 * @param rank rank of the update
                 * @param alpha scale of the update
                 * @param targets modules to adapt
                 */
                public record Options(
                        @Default("8") @Range(min = 1, max = 4096) int rank,
                        @Default("16") @Range(min = 0) double alpha,
                        @NotEmpty List<Selector> targets) {}
            }
            """;

    private ExtensionsBenchmark() {}

    /** Runs the benchmark and prints its rows. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: ExtensionsBenchmark LAUNCHER FOLDER [EXTENSIONS]");
            return;
        }
        int count = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 200;
        String graft = Path.of(arguments[0]).toAbsolutePath().toString();
        Path folder = Files.createDirectories(Path.of(arguments[1])).resolve("graft-extensions-benchmark");
        Path jars = Files.createDirectories(folder.resolve("extensions"));
        try {
            make(count, folder, jars);
            Path log = folder.resolve("last-run.txt");
            System.out.printf(Locale.ROOT, "%d extensions; median of %d runs after one to warm up%n%n", count, RUNS);
            print(Measurement.of("graft modifiers list", log, RUNS, () -> {}, List.of(graft, "modifiers", "list")));
            print(Measurement.of(
                    "graft modifiers list --extensions",
                    log,
                    RUNS,
                    () -> {},
                    List.of(graft, "modifiers", "list", "--extensions", jars.toString())));
            long usable = Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("bench-") && line.contains("  usable  "))
                    .count();
            System.out.printf(Locale.ROOT, "%nusable: %d%n", usable);
        } finally {
            delete(folder);
        }
    }

    private static void print(Measurement row) {
        System.out.printf(Locale.ROOT, "| `%s` | %.3f | %.0f |%n", row.name(), row.seconds(), row.peakMebibytes());
    }

    private static void make(int count, Path folder, Path jars) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        List<Path> files = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            Path file = sources.resolve("com/acme/bench" + n + "/BenchModelModifier.java");
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(
                    file, MODIFIER.replace("benchN", "bench" + n).replace("bench-N", "bench-" + n)));
        }
        compile(files, classes);
        for (int n = 0; n < count; n++) {
            pack(n, classes, jars.resolve("acme-bench-" + n + "-1.0.jar"));
        }
    }

    private static void compile(List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            JavaCompiler.CompilationTask task = compiler.getTask(
                    said,
                    files,
                    null,
                    List.of("-d", classes.toString()),
                    null,
                    files.getJavaFileObjectsFromPaths(sources));
            task.setProcessors(List.<Processor>of(new ModifierAggregatingProcessor(), new ModifierBindingProcessor()));
            if (!task.call()) {
                throw new IllegalStateException(said.toString());
            }
        }
    }

    private static void pack(int number, Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            add(out, classes, classes.resolve("com/acme/bench" + number), "");
            add(out, classes, classes.resolve("META-INF/graft/modifiers"), "bench-" + number + ".");
            out.putNextEntry(new JarEntry(SERVICES));
            out.write(("com.acme.bench" + number + ".BenchModelModifier_Provider\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void add(JarOutputStream out, Path root, Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().startsWith(prefix)) {
                    out.putNextEntry(
                            new JarEntry(root.relativize(file).toString().replace('\\', '/')));
                    Files.copy(file, out);
                }
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
