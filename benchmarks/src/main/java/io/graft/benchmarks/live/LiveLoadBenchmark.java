package io.graft.benchmarks.live;

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
import io.graft.apply.GivenModel;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.PythonProcess;
import io.graft.benchmarks.measuring.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A safetensors file into the tensors of a live DJL model, and then reading every element; beside PyTorch doing the same with
 * safetensors and with {@code torch.load}, and beside the least that it could cost. All take turns, after a warm-up; times are
 * taken inside the processes.
 *
 * <p>Arguments: a folder to work in, the reference environment's Python or {@code -}, and optionally the size in mebibytes, and the
 * numbers of turns to warm up and to measure.
 */
public final class LiveLoadBenchmark {
    private static final int ROWS = 2048;
    private static final int COLUMNS = 2048;

    private LiveLoadBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: LiveLoadBenchmark FOLDER PYTHON|- [MEBIBYTES [WARM-UPS RUNS]]");
            return;
        }
        int layers = number(arguments, 2, 1024) / 16;
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-live");
        Path checkpoint = folder.resolve("model.safetensors");
        try {
            LargeCheckpoint.write(checkpoint, "", ".weight", layers, io.graft.tensor.Shape.of(ROWS, COLUMNS), 1);
            Turns turns = new Turns();
            try (Model model = model(layers);
                    PythonProcess python = arguments[1].equals("-")
                            ? null
                            : new PythonProcess(arguments[1], "live.py", checkpoint, layers, ROWS, COLUMNS)) {
                List<NDArray> arrays = model.getBlock().getParameters().values().stream()
                        .map(Parameter::getArray)
                        .toList();
                addLoads(turns, model, arrays, checkpoint);
                if (python != null) {
                    turns.addTold("safetensors", () -> python.run("safetensors"));
                    turns.addTold("`torch.load`", () -> python.run("torch.load"));
                }
                turns.take(number(arguments, 3, 5), number(arguments, 4, 7));
                System.out.printf(Locale.ROOT, "sum of all elements: %.6e%n", sum(model, arrays));
                if (python != null) {
                    System.out.printf(Locale.ROOT, "in Python: %.6e%n", python.last());
                }
            }
        } finally {
            Files.deleteIfExists(checkpoint);
            Files.deleteIfExists(folder.resolve("model.pt"));
            Files.deleteIfExists(folder);
        }
    }

    private static int number(String[] arguments, int index, int usual) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : usual;
    }

    private static void addLoads(Turns turns, Model model, List<NDArray> arrays, Path checkpoint) {
        GivenModel<LiveRun> given = ModelModifierApplier.create().model(model);
        Config config = ConfigFactory.parseString(
                "graft.modifiers = [{ type = transfer-learning, prefix = none, checkpoint-path = \"" + checkpoint
                        + "\" }]");
        turns.add("graft", () -> {
            given.configuration(config).run();
            sum(model, arrays);
        });
        turns.add("graft, without undo", () -> {
            given.configuration(config).undo(false).run();
            sum(model, arrays);
        });
        turns.add("of it planning", () -> given.configuration(config).plan());
        turns.add("of it reading every element", () -> sum(model, arrays));
        LiveLoadFloor floor = new LiveLoadFloor(checkpoint, arrays);
        turns.add("at least, keeping old values", () -> {
            floor.load(true);
            sum(model, arrays);
        });
        turns.add("at least, without old values", () -> {
            floor.load(false);
            sum(model, arrays);
        });
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
