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
 * safetensors and with {@code torch.load}. Times are taken inside the processes, without their start.
 *
 * <p>Arguments: a folder to work in, the reference environment's Python or {@code -}, and optionally the size in mebibytes.
 */
public final class LiveLoadBenchmark {
    private static final int RUNS = 5;
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
            LargeCheckpoint.write(checkpoint, "", ".weight", layers, io.graft.checkpoint.Shape.of(ROWS, COLUMNS), 1);
            double[] sum = new double[1];
            System.out.printf(Locale.ROOT, "graft %.3f sum %.6e%n", seconds(model(layers), checkpoint, sum), sum[0]);
            if (!arguments[1].equals("-")) {
                new ProcessBuilder(
                                arguments[1],
                                SCRIPT,
                                checkpoint.toString(),
                                Integer.toString(layers),
                                Integer.toString(ROWS),
                                Integer.toString(COLUMNS))
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

    private static double seconds(Model model, Path checkpoint, double[] sum) {
        ModelModifierApplier applier = ModelModifierApplier.create();
        Config config = ConfigFactory.parseString(
                "graft.modifiers = [{ type = transfer-learning, prefix = none, checkpoint-path = \"" + checkpoint
                        + "\" }]");
        List<Double> times = new ArrayList<>();
        for (int run = 0; run <= RUNS; run++) {
            long start = System.nanoTime();
            applier.process(model, config);
            sum[0] = sum(model);
            if (run > 0) {
                times.add((System.nanoTime() - start) / 1e9);
            }
        }
        model.close();
        Collections.sort(times);
        return times.get(RUNS / 2);
    }

    private static double sum(Model model) {
        double sum = 0;
        try (NDManager scope = model.getNDManager().newSubManager()) {
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                NDArray array = parameter.getArray();
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
