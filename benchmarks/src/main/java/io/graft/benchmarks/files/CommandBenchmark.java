package io.graft.benchmarks.files;

import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Wall time and peak memory of the graft command on a large checkpoint, beside {@code cp} of the same file.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, and optionally the size in mebibytes and the number
 * of tensors. The inputs are made in the folder and removed at the end.
 */
public final class CommandBenchmark {
    private static final int RUNS = 5;

    private final Path folder;
    private final Path log;
    private final List<Measurement> rows = new ArrayList<>();

    private CommandBenchmark(Path folder) {
        this.folder = folder;
        this.log = folder.resolve("last-run.txt");
    }

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: CommandBenchmark LAUNCHER FOLDER [MEBIBYTES [TENSORS]]");
            return;
        }
        long mebibytes = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1024;
        int tensors = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 5000;
        Path folder = Files.createDirectories(Path.of(arguments[1])).resolve("graft-command-benchmark");
        Files.createDirectories(folder);
        try {
            new CommandBenchmark(folder)
                    .run(Path.of(arguments[0]).toAbsolutePath().toString(), mebibytes, tensors);
        } finally {
            Folders.delete(folder);
        }
    }

    private void run(String graft, long mebibytes, int tensors) throws IOException, InterruptedException {
        Path model = folder.resolve("model.safetensors");
        Path pretrained = folder.resolve("pretrained.safetensors");
        Path config = folder.resolve("benchmark.conf");
        Path plain = folder.resolve("plain.conf");
        Path copy = folder.resolve("copy.safetensors");
        Path out = folder.resolve("out");
        LargeCheckpoint.write(model, "layers.", tensors, mebibytes << 20, 1);
        LargeCheckpoint.write(pretrained, "network.blocks.", tensors / 2, mebibytes << 19, 2);
        writeConfig(config, "");
        writeConfig(plain, ", digest = none, sync = false");
        measure("graft modifiers list", () -> {}, graft, "modifiers", "list");
        measure("graft inspect", () -> {}, graft, "inspect", model.toString());
        measure("graft plan", () -> {}, graft, "plan", "-c", config.toString());
        measure("cp", () -> Files.deleteIfExists(copy), "cp", model.toString(), copy.toString());
        measure(
                "cp and sync",
                () -> Files.deleteIfExists(copy),
                "sh",
                "-c",
                "cp '" + model + "' '" + copy + "' && sync '" + copy + "'");
        Files.deleteIfExists(copy);
        measure("graft apply", () -> Folders.delete(out), graft, "apply", "-c", config.toString());
        measure(
                "graft apply, digest = none, sync = false",
                () -> Folders.delete(out),
                graft,
                "apply",
                "-c",
                plain.toString());
        print(mebibytes, tensors);
    }

    private static void writeConfig(Path file, String options) throws IOException {
        Files.writeString(file, """
                graft {
                  model.checkpoint = "model.safetensors"
                  modifiers = [
                    { type = transfer-learning, checkpoint-path = "pretrained.safetensors", prefix = none
                      rename = [{ from = "re:network\\\\.blocks\\\\.(.*)", to = "layers.$1" }] }
                  ]
                  output { path = "out", overwrite = true%s }
                }
                """.formatted(options));
    }

    private void measure(String name, Measurement.Preparation before, String... command)
            throws IOException, InterruptedException {
        rows.add(Measurement.of(name, log, RUNS, before, List.of(command)));
    }

    private void print(long mebibytes, int tensors) {
        double cp = rows.stream()
                .filter(row -> row.name().equals("cp"))
                .findFirst()
                .orElseThrow()
                .seconds();
        Measurement.printTitle(mebibytes, tensors, RUNS);
        System.out.println("| command | seconds | peak resident MiB | time / cp |");
        System.out.println("|---|---:|---:|---:|");
        for (Measurement row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "| `%s` | %.3f | %.0f | %.2f |%n",
                    row.name(),
                    row.seconds(),
                    row.peakMebibytes(),
                    row.seconds() / cp);
        }
    }
}
