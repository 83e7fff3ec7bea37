package io.graft.benchmarks;

import io.graft.checkpoint.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Work on checkpoint files, beside {@code cp} of the same file and PyTorch: renaming every tensor, and merging an adapter of
 * rank 8 into every tensor. The runs of all commands take turns, so that ratios hold on a busy machine too.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, the reference environment's Python or {@code -},
 * and optionally sizes in mebibytes. Inputs are made in the folder and removed at the end.
 */
public final class OfflineBenchmark {
    private static final int RUNS = 5;
    private static final Shape SHAPE = Shape.of(4096, 1024);
    private static final int MEBIBYTES_OF_A_TENSOR = 16;
    private static final Path MERGE = Path.of("benchmarks", "src", "main", "python", "merge.py");
    private static final Pattern SECONDS = Pattern.compile("seconds ([0-9.]+)");

    private final Path folder;
    private final Path log;
    private final String graft;
    private final String python;

    private OfflineBenchmark(Path folder, String graft, String python) {
        this.folder = folder;
        this.log = folder.resolve("last-run.txt");
        this.graft = graft;
        this.python = python;
    }

    /** Runs the benchmark and prints a table for each size. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: OfflineBenchmark LAUNCHER FOLDER PYTHON|- [MEBIBYTES...]");
            return;
        }
        Path folder = Files.createDirectories(Path.of(arguments[1])).resolve("graft-offline-benchmark");
        OfflineBenchmark benchmark = new OfflineBenchmark(
                folder, Path.of(arguments[0]).toAbsolutePath().toString(), arguments[2]);
        List<String> sizes = arguments.length > 3 ? List.of(arguments).subList(3, arguments.length) : List.of("2048");
        for (String mebibytes : sizes) {
            Files.createDirectories(folder);
            try {
                benchmark.run(Integer.parseInt(mebibytes));
            } finally {
                delete(folder);
            }
        }
    }

    private void run(int mebibytes) throws IOException, InterruptedException {
        int tensors = mebibytes / MEBIBYTES_OF_A_TENSOR;
        Path model = folder.resolve("model.safetensors");
        LargeCheckpoint.write(model, "layers.", ".weight", tensors, SHAPE, 1);
        LargeCheckpoint.writeSkeleton(folder.resolve("names.safetensors"), "blocks.", tensors, SHAPE);
        LargeCheckpoint.writeAdapter(folder.resolve("adapter"), "layers.", tensors, SHAPE, 8);
        config("rename.conf", "names.safetensors", """
                { type = transfer-learning, checkpoint-path = "model.safetensors", prefix = none
                  rename = [{ from = "re:layers\\\\.(.*)", to = "blocks.$1" }] }
                """);
        config("merge.conf", "model.safetensors", "{ type = lora-merge, adapter-path = adapter }");
        Path copy = folder.resolve("copy.safetensors");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("cp", List.of("cp", model.toString(), copy.toString()));
        commands.put("cp and sync", List.of("sh", "-c", "cp '" + model + "' '" + copy + "' && sync '" + copy + "'"));
        for (String work : List.of("rename", "merge")) {
            commands.put(work, apply(work));
            commands.put(work + ", digest = none", apply(work, "digest=none"));
            commands.put(work + ", digest = none, sync = false", apply(work, "digest=none", "sync=false"));
        }
        if (!python.equals("-")) {
            commands.put(
                    "merge with PyTorch",
                    List.of(
                            python,
                            MERGE.toString(),
                            model.toString(),
                            folder.resolve("adapter").toString(),
                            copy.toString()));
        }
        print(mebibytes, tensors, measure(commands, copy));
    }

    private void config(String name, String model, String modifier) throws IOException {
        Files.writeString(folder.resolve(name), """
                graft {
                  model.checkpoint = "%s"
                  modifiers = [ %s ]
                  output { path = out, max-shard-size = 1TB }
                }
                """.formatted(model, modifier.strip()));
    }

    private List<String> apply(String work, String... output) {
        List<String> command = new ArrayList<>(
                List.of(graft, "apply", "-c", folder.resolve(work + ".conf").toString()));
        for (String setting : output) {
            command.addAll(List.of("--set", "graft.output." + setting));
        }
        return command;
    }

    private List<Measurement> measure(Map<String, List<String>> commands, Path copy)
            throws IOException, InterruptedException {
        Map<String, List<MeasuredProcess>> runs = new LinkedHashMap<>();
        for (int i = 0; i <= RUNS; i++) {
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                MeasuredProcess process = MeasuredProcess.run(log, command.getValue());
                OptionalDouble told = told();
                delete(folder.resolve("out"));
                Files.deleteIfExists(copy);
                if (i > 0) {
                    runs.computeIfAbsent(command.getKey(), name -> new ArrayList<>())
                            .add(new MeasuredProcess(told.orElse(process.seconds()), process.peakKibibytes()));
                }
            }
        }
        return runs.entrySet().stream()
                .map(entry -> Measurement.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** What a program says that it took, without its start. */
    private OptionalDouble told() throws IOException {
        Matcher matcher = SECONDS.matcher(Files.readString(log));
        return matcher.find() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    private static void print(int mebibytes, int tensors, List<Measurement> rows) {
        System.out.printf(
                Locale.ROOT, "%n%d MiB, %d tensors; median of %d runs that take turns%n%n", mebibytes, tensors, RUNS);
        System.out.println("| command | seconds | peak resident MiB | time / cp |");
        System.out.println("|---|---:|---:|---:|");
        for (Measurement row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "| `%s` | %.3f | %.0f | %.2f |%n",
                    row.name(),
                    row.seconds(),
                    row.peakMebibytes(),
                    row.seconds() / rows.get(0).seconds());
        }
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
