package io.graft.benchmarks;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A safetensors file into the tensors of a live DJL model, and then reading every element; beside PyTorch doing the same with
 * safetensors and with {@code torch.load}, and beside the least that it could cost. Times are medians, taken inside the processes
 * after both have warmed up.
 *
 * <p>Arguments: a folder to work in, the reference environment's Python or {@code -}, and optionally the size in mebibytes.
 */
public final class LiveLoadBenchmark {
    private static final int WARM_UPS = 20;
    private static final int RUNS = 11;
    private static final int ROWS = 2048;
    private static final int COLUMNS = 2048;
    private static final String SCRIPT = "benchmarks/src/main/python/live.py";

    private LiveLoadBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: LiveLoadBenchmark FOLDER PYTHON|- [MEBIBYTES]");
            return;
        }
        int layers = (arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1024) / 16;
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-live");
        Path checkpoint = folder.resolve("model.safetensors");
        try {
            LargeCheckpoint.write(checkpoint, "", ".weight", layers, io.graft.tensor.Shape.of(ROWS, COLUMNS), 1);
            measure(layers, checkpoint);
            if (!arguments[1].equals("-")) {
                new ProcessBuilder(
                                arguments[1],
                                SCRIPT,
                                checkpoint.toString(),
                                Integer.toString(layers),
                                Integer.toString(ROWS),
                                Integer.toString(COLUMNS),
                                Integer.toString(WARM_UPS),
                                Integer.toString(RUNS))
                        .inheritIO()
                        .start()
                        .waitFor();
            }
        } finally {
            Files.deleteIfExists(checkpoint);
            Files.deleteIfExists(folder.resolve("model.pt"));
            Files.deleteIfExists(folder);
        }
    }

    private static void measure(int layers, Path checkpoint) throws IOException {
        ModelModifierApplier applier = ModelModifierApplier.create();
        Config config = ConfigFactory.parseString(
                "graft.modifiers = [{ type = transfer-learning, prefix = none, checkpoint-path = \"" + checkpoint
                        + "\" }]");
        try (Model model = model(layers)) {
            List<NDArray> arrays = model.getBlock().getParameters().values().stream()
                    .map(Parameter::getArray)
                    .toList();
            double[] sum = new double[1];
            print("graft", () -> {
                applier.model(model).configuration(config).run();
                sum[0] = sum(model, arrays);
            });
            System.out.printf(Locale.ROOT, "sum %.6e%n", sum[0]);
            print("graft, without undo", () -> {
                applier.model(model).configuration(config).undo(false).run();
                sum(model, arrays);
            });
            print(
                    "  of it planning",
                    () -> applier.model(model).configuration(config).plan());
            print("  of it reading every element", () -> sum(model, arrays));
            LiveLoadFloor floor = new LiveLoadFloor(checkpoint, arrays);
            for (boolean keepingOldValues : new boolean[] {true, false}) {
                print("at least, " + (keepingOldValues ? "keeping" : "without") + " old values", () -> {
                    floor.load(keepingOldValues);
                    sum(model, arrays);
                });
            }
        }
    }

    private static Model model(int layers) {
        Model model = Model.newInstance("live", "PyTorch");
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < layers; i++) {
            block.add(Linear.builder().setUnits(ROWS).optBias(false).build());
        }
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, COLUMNS));
        model.setBlock(block);
        return model;
    }

    private interface Measured {
        void run() throws IOException;
    }

    private static void print(String what, Measured measured) throws IOException {
        List<Double> times = new ArrayList<>();
        for (int run = 0; run < WARM_UPS + RUNS; run++) {
            long start = System.nanoTime();
            measured.run();
            times.add((System.nanoTime() - start) / 1e9);
        }
        double first = times.get(0);
        List<Double> warm = times.subList(WARM_UPS, times.size());
        Collections.sort(warm);
        System.out.printf(Locale.ROOT, "%s %.3f, the first %.3f%n", what, warm.get(RUNS / 2), first);
    }

    private static double sum(Model model, List<NDArray> arrays) {
        double sum = 0;
        try (NDManager scope = model.getNDManager().newSubManager()) {
            for (NDArray array : arrays) {
                array.attach(model.getNDManager());
                try (NDArray total = array.sum()) {
                    total.tempAttach(scope);
                    sum += total.getFloat();
                }
            }
        }
        return sum;
    }
}
