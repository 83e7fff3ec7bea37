package io.graft.benchmarks.live;

import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.Totals;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.MeasuredProcess;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Planning a LoRA of rank 8 on every tensor of a large checkpoint: reading the headers, and then the draft with two owned tensors for
 * each weight. Each run is a Java process of its own, which plans once: as Java starts by itself, and as {@code graft plan} starts
 * it.
 *
 * <p>Arguments: a folder to work in, and optionally the number of tensors. The file is made in the folder and removed at the end.
 */
public final class ParametrizingBenchmark {
    private static final int RUNS = 5;
    private static final String PLAN = "--plan";
    private static final String HEAP = "-Xmx400m";
    private static final List<String> LAUNCHER = List.of(
            HEAP,
            "-Xms24m",
            "-XX:MinHeapFreeRatio=90",
            "-XX:MaxHeapFreeRatio=95",
            "-XX:-UsePerfData",
            "-XX:+UseParallelGC",
            "-XX:+UseTransparentHugePages",
            "-XX:TieredStopAtLevel=1");

    private ParametrizingBenchmark() {}

    /** Runs the benchmark and prints its table; with {@code --plan FILE}, plans once and prints the seconds. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 2 && arguments[0].equals(PLAN)) {
            plan(Path.of(arguments[1]));
            return;
        }
        if (arguments.length < 1) {
            System.err.println("usage: ParametrizingBenchmark FOLDER [TENSORS]");
            return;
        }
        int tensors = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-parametrizing");
        Path file = folder.resolve("model.safetensors");
        Path log = folder.resolve("last-run.txt");
        try {
            LargeCheckpoint.writeSkeleton(file, "layers.", tensors, Shape.of(64, 64));
            System.out.printf(Locale.ROOT, "%d tensors; median of %d runs after one to warm up%n%n", tensors, RUNS);
            System.out.println(
                    "| Java | headers, and a draft of them | a parametrization on each, and the totals | peak MiB |");
            System.out.println("|---|---:|---:|---:|");
            measure("by itself", List.of(HEAP), file, log);
            measure("as the launcher starts it", LAUNCHER, file, log);
        } finally {
            Files.deleteIfExists(log);
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static void measure(String name, List<String> options, Path file, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                ParametrizingBenchmark.class.getName(),
                PLAN,
                file.toString()));
        List<double[]> runs = new ArrayList<>();
        long peak = 0;
        for (int i = 0; i <= RUNS; i++) {
            MeasuredProcess process = MeasuredProcess.run(log, command);
            String[] seconds = Files.readString(log).strip().split(" ");
            if (i > 0) {
                runs.add(new double[] {Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1])});
                peak = Math.max(peak, process.peakKibibytes());
            }
        }
        System.out.printf(
                Locale.ROOT, "| %s | %.3f | %.3f | %d |%n", name, median(runs, 0), median(runs, 1), peak / 1024);
    }

    private static double median(List<double[]> runs, int column) {
        return runs.stream()
                .map(run -> run[column])
                .sorted(Comparator.naturalOrder())
                .skip(runs.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static void plan(Path file) {
        long start = System.nanoTime();
        List<DraftTensor> tensors = Checkpoint.open(file).tensors().values().stream()
                .map(ParametrizingBenchmark::initial)
                .toList();
        ModelDraft draft = new ModelDraft(List.of(), tensors);
        long headers = System.nanoTime();
        for (DraftTensor tensor : tensors) {
            draft.freeze(tensor.name());
            draft.parametrize(tensor.name(), "default", Lora.on(tensor));
        }
        Plan plan = new Plan(
                new ModelRef("checkpoint", file.toString()), List.of(), List.copyOf(draft.tensors()), List.of());
        Totals totals = Totals.of(plan.tensors());
        long end = System.nanoTime();
        if (totals.tensors() != 3 * tensors.size()) {
            throw new IllegalStateException("planned " + totals);
        }
        System.out.println((headers - start) / 1e9 + " " + (end - headers) / 1e9);
    }

    private static DraftTensor initial(TensorEntry entry) {
        return DraftTensor.initial(
                entry.name(), Set.of(), TensorKind.PARAMETER, true, StoredTensor.of(entry, "model.safetensors"));
    }

    private record Lora(LazyTensor a, LazyTensor b) implements Parametrization {
        static Lora on(DraftTensor weight) {
            long columns = weight.shape().dimension(weight.shape().rank() - 1);
            long rows = weight.shape().elementCount() / columns;
            return new Lora(zeros(8, columns), zeros(rows, 8));
        }

        @Override
        public String id() {
            return "lora";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("lora_A", a), OwnedTensor.trained("lora_B", b));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.LowRank(
                    below, owned().get(1).expression(), owned().get(0).expression(), 2, 0);
        }
    }

    private static LazyTensor zeros(long... dimensions) {
        return LazyTensors.generate("zeros", DType.F32, Shape.of(dimensions), place -> 0);
    }
}
