package io.graft.benchmarks.files;

import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.MeasuredProcess;
import io.graft.benchmarks.measuring.Measurement;
import io.graft.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Opening a large safetensors file of many tensors through the library: names, shapes, dtypes and byte ranges, no data; of plain ones,
 * and of FP8 weights with scales, which a layout has to find. Each run is a Java process of its own, which opens the file once, and then again until it is warm.
 *
 * <p>Arguments: a folder to work in, and optionally the size in mebibytes and the number of tensors. The file is made in the
 * folder and removed at the end.
 */
public final class OpenBenchmark {
    private static final int RUNS = 7;
    private static final int WARM = 30;
    private static final String OPEN = "--open";
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    private OpenBenchmark() {}

    /** Runs the benchmark and prints its table; with {@code --open FILE TIMES}, opens a file and prints the seconds. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 3 && arguments[0].equals(OPEN)) {
            System.out.println(open(Path.of(arguments[1]), Integer.parseInt(arguments[2])));
            return;
        }
        if (arguments.length < 1) {
            System.err.println("usage: OpenBenchmark FOLDER [MEBIBYTES [TENSORS]]");
            return;
        }
        long mebibytes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2048;
        int tensors = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20_000;
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-open");
        Path file = folder.resolve("model.safetensors");
        Path log = folder.resolve("last-run.txt");
        try {
            LargeCheckpoint.write(file, "layers.", tensors, mebibytes << 20, 1);
            print(mebibytes, tensors, measure(file, log));
            Files.delete(file);
            QuantizedCheckpoint.write(folder, tensors / 2, mebibytes << 20);
            System.out.println();
            System.out.println("the same of FP8 weights and their scales");
            print(mebibytes, tensors, measure(file, log));
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<Measurement> measure(Path file, Path log) throws IOException, InterruptedException {
        List<MeasuredProcess> whole = new ArrayList<>();
        List<MeasuredProcess> first = new ArrayList<>();
        List<MeasuredProcess> warm = new ArrayList<>();
        List<MeasuredProcess> launched = new ArrayList<>();
        for (int i = 0; i <= RUNS; i++) {
            MeasuredProcess once = MeasuredProcess.run(log, command(file, 1));
            double cold = Double.parseDouble(Files.readString(log));
            MeasuredProcess quick = MeasuredProcess.run(log, command(file, 1, FIRST_COMPILER));
            double quickly = Double.parseDouble(Files.readString(log));
            MeasuredProcess often = MeasuredProcess.run(log, command(file, WARM));
            if (i > 0) {
                launched.add(new MeasuredProcess(quickly, quick.peakKibibytes()));
                whole.add(once);
                first.add(new MeasuredProcess(cold, once.peakKibibytes()));
                warm.add(new MeasuredProcess(Double.parseDouble(Files.readString(log)), often.peakKibibytes()));
            }
        }
        return List.of(
                Measurement.of("a process that opens the file, from its start to its end", whole),
                Measurement.of("the opening alone, the first in a process", first),
                Measurement.of(
                        "the same with the first compiler alone, as the launcher starts `inspect` and `plan`",
                        launched),
                Measurement.of("the opening alone, in a process that has opened it " + (WARM - 1) + " times", warm));
    }

    private static List<String> command(Path file, int times, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                OpenBenchmark.class.getName(),
                OPEN,
                file.toString(),
                Integer.toString(times)));
        return command;
    }

    /** Seconds that the last of some openings took. */
    private static double open(Path file, int times) {
        double seconds = 0;
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            if (Checkpoint.open(file).tensors().isEmpty()) {
                throw new IllegalStateException(file + " holds nothing");
            }
            seconds = (System.nanoTime() - start) / 1e9;
        }
        return seconds;
    }

    private static void print(long mebibytes, int tensors, List<Measurement> rows) {
        Measurement.printTitle(mebibytes, tensors, RUNS);
        System.out.println("| what | seconds | peak resident MiB |");
        System.out.println("|---|---:|---:|");
        for (Measurement row : rows) {
            System.out.printf(Locale.ROOT, "| %s | %.3f | %.0f |%n", row.name(), row.seconds(), row.peakMebibytes());
        }
    }
}
