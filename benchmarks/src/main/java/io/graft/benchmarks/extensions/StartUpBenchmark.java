package io.graft.benchmarks.extensions;

import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a jar of an extension adds to the start of the graft command: wall time and processor time of commands with it and without it,
 * in turns, so that whatever else the machine does meets all alike.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, the jar, and optionally the number of turns. The jar that
 * the guide for authors leads to, with a kind of model, a format, a layout and a command in it, is {@code
 * cli/target/it/examples/fresh-extension/target/resetting-1.0.0.jar} after {@code mvn verify}.
 */
public final class StartUpBenchmark {
    private static final int TURNS = 41;

    private StartUpBenchmark() {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: StartUpBenchmark LAUNCHER FOLDER JAR [TURNS]");
            return;
        }
        String graft = Path.of(arguments[0]).toAbsolutePath().toString();
        String jar = Path.of(arguments[2]).toAbsolutePath().toString();
        int turns = arguments.length > 3 ? Integer.parseInt(arguments[3]) : TURNS;
        Path folder = Files.createDirectories(Path.of(arguments[1])).resolve("graft-start-up-benchmark");
        Files.createDirectories(folder);
        try {
            Path model = folder.resolve("model.safetensors");
            LargeCheckpoint.write(model, "layers.", 10, 1 << 20, 1);
            List<String> list = List.of(graft, "modifiers", "list");
            List<String> inspect = List.of(graft, "inspect", model.toString());
            List<Starts> rows = List.of(
                    new Starts("graft modifiers list", list),
                    new Starts("graft modifiers list --extensions JAR", with(list, jar)),
                    new Starts("graft inspect", inspect),
                    new Starts("graft inspect --extensions JAR", with(inspect, jar)));
            Path times = folder.resolve("times.txt");
            for (int turn = -1; turn < turns; turn++) {
                for (Starts row : rows) {
                    Times taken = Times.of(row.command, times);
                    if (turn >= 0) {
                        row.times.add(taken);
                    }
                }
            }
            print(rows, turns);
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<String> with(List<String> command, String jar) {
        return Stream.concat(command.stream(), Stream.of("--extensions", jar)).toList();
    }

    private static void print(List<Starts> rows, int turns) {
        System.out.printf(Locale.ROOT, "medians of %d turns after one to warm up%n%n", turns);
        System.out.println("| command | wall ms | user and system ms |");
        System.out.println("|---|---:|---:|");
        for (Starts row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "| `%s` | %.0f | %.0f |%n",
                    row.name,
                    1000 * median(row.times.stream().map(Times::wall)),
                    1000 * median(row.times.stream().map(Times::processors)));
        }
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** A command, and what its runs took. */
    private record Starts(String name, List<String> command, List<Times> times) {
        Starts(String name, List<String> command) {
            this(name, command, new ArrayList<>());
        }
    }

    /**
     * What one run took, as the shell tells it.
     *
     * @param wall seconds
     * @param processors seconds of user and system
     */
    private record Times(double wall, double processors) {
        private static final String TIMED = "TIMEFORMAT='%3R %3U %3S'; time \"$0\" \"$@\" > /dev/null 2>&1";

        static Times of(List<String> command, Path output) throws IOException, InterruptedException {
            List<String> shell = Stream.concat(Stream.of("bash", "-c", TIMED), command.stream())
                    .toList();
            int code = new ProcessBuilder(shell)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " failed with exit code " + code);
            }
            String[] told = Files.readString(output).strip().split(" ");
            return new Times(Double.parseDouble(told[0]), Double.parseDouble(told[1]) + Double.parseDouble(told[2]));
        }
    }
}
