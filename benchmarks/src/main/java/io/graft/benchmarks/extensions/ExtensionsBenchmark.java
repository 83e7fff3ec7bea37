package io.graft.benchmarks.extensions;

import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Wall time and peak memory of {@code graft modifiers list} with many extensions, each a jar with one modifier in it.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, and optionally the number of extensions. They are made in
 * the folder and removed at the end.
 */
public final class ExtensionsBenchmark {
    private static final int RUNS = 9;
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

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
            Folders.delete(folder);
        }
    }

    private static void print(Measurement row) {
        System.out.printf(Locale.ROOT, "| `%s` | %.3f | %.0f |%n", row.name(), row.seconds(), row.peakMebibytes());
    }

    private static void make(int count, Path folder, Path jars) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        ManyModifiers.compile(
                ManyModifiers.write(folder.resolve("sources"), count, ExtensionsBenchmark::packageOf), classes, true);
        for (int n = 0; n < count; n++) {
            pack(n, classes, jars.resolve("acme-bench-" + n + "-1.0.jar"));
        }
    }

    private static String packageOf(int number) {
        return "com.acme.bench" + number;
    }

    private static void pack(int number, Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            add(out, classes, classes.resolve(packageOf(number).replace('.', '/')), "");
            add(out, classes, classes.resolve("META-INF/graft/modifiers"), "bench-" + number + ".");
            out.putNextEntry(new JarEntry(SERVICES));
            out.write((packageOf(number) + ".Bench" + number + "_Provider\n").getBytes(StandardCharsets.UTF_8));
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
}
