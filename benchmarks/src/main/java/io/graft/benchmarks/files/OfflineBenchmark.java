package io.graft.benchmarks.files;

import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.MeasuredProcess;
import io.graft.benchmarks.measuring.Measurement;
import io.graft.config.reading.ConfigOverrides;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Work on checkpoint files, beside {@code cp} of the same file and PyTorch: renaming every tensor, and merging an adapter of
 * rank 8 into every tensor; as whole processes, and in this one, which is warm. All runs take turns, so that ratios hold on a
 * busy machine too.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, the reference environment's Python or {@code -},
 * and optionally sizes in mebibytes. Inputs are made in the folder and removed at the end.
 */
public final class OfflineBenchmark {
    private static final int RUNS = 5;
    private static final int WARMING = 2;
    private static final Map<String, List<String>> SETTINGS = settings();
    private static final Shape SHAPE = Shape.of(4096, 1024);
    private static final int MEBIBYTES_OF_A_TENSOR = 16;
    private static final Path MERGE = Path.of("benchmarks", "src", "main", "python", "merge.py");
    private static final Pattern SECONDS = Pattern.compile("seconds ([0-9.]+)");

    private final Path folder;
    private final Path log;
    private final String graft;
    private final String python;
    private final ModelModifierApplier applier = ModelModifierApplier.create();

    /** One run of something, for the record. */
    private interface Turn {
        MeasuredProcess run() throws IOException, InterruptedException;
    }

    private OfflineBenchmark(Path folder, String graft, String python) {
        this.folder = folder;
        this.log = folder.resolve("last-run.txt");
        this.graft = graft;
        this.python = python;
    }

    /** The settings of an output, by what a row adds to its name for them. */
    private static Map<String, List<String>> settings() {
        Map<String, List<String>> settings = new LinkedHashMap<>();
        settings.put("", List.of());
        settings.put(", digest = none", List.of("graft.output.digest=none"));
        settings.put(", digest = none, sync = false", List.of("graft.output.digest=none", "graft.output.sync=false"));
        return settings;
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
                Folders.delete(folder);
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
        Map<String, Turn> turns = new LinkedHashMap<>();
        turns.put("cp", process("cp", model.toString(), copy.toString()));
        turns.put("cp and sync", process("sh", "-c", "cp '" + model + "' '" + copy + "' && sync '" + copy + "'"));
        for (String work : List.of("rename", "merge")) {
            SETTINGS.forEach((name, settings) -> turns.put(work + name, process(command(work, settings))));
            SETTINGS.forEach((name, settings) -> turns.put(work + " in process" + name, inProcess(work, settings)));
        }
        if (!python.equals("-")) {
            String adapter = folder.resolve("adapter").toString();
            turns.put(
                    "merge with PyTorch",
                    process(python, MERGE.toString(), model.toString(), adapter, copy.toString()));
        }
        print(mebibytes, tensors, measure(turns, copy));
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

    private String[] command(String work, List<String> settings) {
        List<String> command = new ArrayList<>(
                List.of(graft, "apply", "-c", folder.resolve(work + ".conf").toString()));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        return command.toArray(String[]::new);
    }

    /** A process from its start to its end, or what it says that it took. */
    private Turn process(String... command) {
        return () -> {
            MeasuredProcess process = MeasuredProcess.run(log, List.of(command));
            return new MeasuredProcess(told().orElse(process.seconds()), process.peakKibibytes());
        };
    }

    /** In this process, as a program does it that has Graft as a library. */
    private Turn inProcess(String work, List<String> settings) {
        return () -> {
            long start = System.nanoTime();
            applier.configuration(folder.resolve(work + ".conf"), ConfigOverrides.ofProcess(settings))
                    .run();
            return new MeasuredProcess((System.nanoTime() - start) / 1e9, 0);
        };
    }

    private List<Measurement> measure(Map<String, Turn> turns, Path copy) throws IOException, InterruptedException {
        Map<String, List<MeasuredProcess>> runs = new LinkedHashMap<>();
        for (int i = -WARMING; i < RUNS; i++) {
            for (Map.Entry<String, Turn> turn : turns.entrySet()) {
                MeasuredProcess run = turn.getValue().run();
                Folders.delete(folder.resolve("out"));
                Files.deleteIfExists(copy);
                if (i >= 0) {
                    runs.computeIfAbsent(turn.getKey(), name -> new ArrayList<>())
                            .add(run);
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
                    "| `%s` | %.3f | %s | %.2f |%n",
                    row.name(),
                    row.seconds(),
                    row.peakMebibytes() == 0 ? "" : String.format(Locale.ROOT, "%.0f", row.peakMebibytes()),
                    row.seconds() / rows.get(0).seconds());
        }
    }
}
