package io.graft.benchmarks.extensions;

import io.graft.benchmarks.measuring.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the annotation processors add to the time of javac, with many modifiers, each with its own options record. Arguments:
 * optionally their number. The time is wall time, of a compiler that has been warmed up as a build tool keeps it; every run is
 * shown, so that one sees when it is.
 *
 * <p>Each run writes into a folder of its own, and all are removed at the end: ext4 creates files many times slower where others
 * have just been deleted, which no build does ten times in a minute.
 */
public final class ProcessorBenchmark {
    private static final int WARM_UP = 12;
    private static final int RUNS = 9;

    private ProcessorBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException {
        int modifiers = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        Path folder = Files.createTempDirectory("graft-processor-benchmark");
        try {
            List<Path> sources = ManyModifiers.write(folder.resolve("sources"), modifiers, n -> "com.acme.bench");
            double without = median("without", folder, sources, false);
            double with = median("with", folder, sources, true);
            System.out.printf(
                    Locale.ROOT,
                    "%d modifiers; javac %.2f s, with the processors %.2f s: %.2f s more (median of %d runs after %d)%n",
                    modifiers,
                    without,
                    with,
                    with - without,
                    RUNS,
                    WARM_UP);
        } finally {
            Folders.delete(folder);
        }
    }

    private static double median(String what, Path folder, List<Path> sources, boolean processors) throws IOException {
        List<Double> seconds = new ArrayList<>();
        System.out.print(what + ":");
        for (int run = 0; run < WARM_UP + RUNS; run++) {
            Path output = Files.createDirectories(folder.resolve(what + "-" + run));
            long start = System.nanoTime();
            ManyModifiers.compile(sources, output, processors);
            seconds.add((System.nanoTime() - start) / 1e9);
            System.out.printf(Locale.ROOT, " %.2f", seconds.get(run));
        }
        System.out.println();
        return seconds.stream().skip(WARM_UP).sorted().toList().get(RUNS / 2);
    }
}
