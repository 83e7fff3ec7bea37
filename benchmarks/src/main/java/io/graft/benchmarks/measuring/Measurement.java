package io.graft.benchmarks.measuring;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A command run several times.
 *
 * @param seconds median wall time
 * @param peakMebibytes largest resident set of all runs
 */
public record Measurement(String name, double seconds, double peakMebibytes) {
    /** What has to be put back before a run, such as removing the last run's output. */
    @FunctionalInterface
    public interface Preparation {
        /** Puts it back. */
        void run() throws IOException;
    }

    /** Runs once to warm caches, then {@code runs} times for the record. */
    public static Measurement of(String name, Path log, int runs, Preparation before, List<String> command)
            throws IOException, InterruptedException {
        List<MeasuredProcess> measured = new ArrayList<>();
        for (int i = 0; i <= runs; i++) {
            before.run();
            MeasuredProcess process = MeasuredProcess.run(log, command);
            if (i > 0) {
                measured.add(process);
            }
        }
        return of(name, measured);
    }

    /** Prints what stands above a table of such measurements. */
    public static void printTitle(long mebibytes, int tensors, int runs) {
        System.out.printf(
                Locale.ROOT,
                "%d MiB, %d tensors; median of %d runs after one to warm up%n%n",
                mebibytes,
                tensors,
                runs);
    }

    /** The median and the largest of runs that were made. */
    public static Measurement of(String name, List<MeasuredProcess> runs) {
        double median = runs.stream()
                .map(MeasuredProcess::seconds)
                .sorted(Comparator.naturalOrder())
                .skip(runs.size() / 2)
                .findFirst()
                .orElseThrow();
        long peak =
                runs.stream().mapToLong(MeasuredProcess::peakKibibytes).max().orElse(0);
        return new Measurement(name, median, peak / 1024.0);
    }
}
