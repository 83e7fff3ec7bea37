package io.graft.benchmarks;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.GivenModel;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A plan for a live block with 10,000 parameters and its commit: a checkpoint loaded into all of them, half of them frozen; beside
 * reading the bytes of that checkpoint. Medians, taken after a warm-up.
 *
 * <p>Argument: a folder to work in.
 */
public final class ManyParametersBenchmark {
    private static final int LAYERS = 5_000;
    private static final int WIDTH = 32;
    private static final int WARM_UPS = 4;
    private static final int RUNS = 7;

    private ManyParametersBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: ManyParametersBenchmark FOLDER");
            return;
        }
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "graft-many");
        Path checkpoint = folder.resolve("model.safetensors");
        LargeCheckpoint.write(checkpoint, "", ".weight", LAYERS, io.graft.tensor.Shape.of(WIDTH, WIDTH), 1);
        Config load = ConfigFactory.parseString(
                "graft.modifiers = [{ type = transfer-learning, prefix = none, checkpoint-path = \"" + checkpoint
                        + "\" }]");
        Config freeze = ConfigFactory.parseString(
                "graft.modifiers = [{ type = freezing, submodules-to-freeze = [\"**.weight\"] }]");
        try (Model model = model()) {
            GivenModel<LiveRun> given = ModelModifierApplier.create().model(model);
            System.out.printf(Locale.ROOT, "| 10,000 parameters | s |%n|---|---:|%n");
            print("bytes of the checkpoint", () -> read(checkpoint));
            print("planning a load", () -> given.configuration(load).plan());
            print("the load", () -> given.configuration(load).run());
            print(
                    "the load without undo",
                    () -> given.configuration(load).undo(false).run());
            print("freezing every weight", () -> given.configuration(freeze).run());
        } finally {
            Files.deleteIfExists(checkpoint);
            Files.deleteIfExists(folder);
        }
    }

    private static Model model() {
        Model model = Model.newInstance("many", "PyTorch");
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < LAYERS; i++) {
            block.add(Linear.builder().setUnits(WIDTH).build());
        }
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, WIDTH));
        model.setBlock(block);
        return model;
    }

    private static void read(Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                // As fast as it goes.
            }
        }
    }

    private interface Measured {
        void run() throws IOException;
    }

    private static void print(String what, Measured measured) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run < WARM_UPS + RUNS; run++) {
            long start = System.nanoTime();
            measured.run();
            if (run >= WARM_UPS) {
                seconds.add((System.nanoTime() - start) / 1e9);
            }
        }
        Collections.sort(seconds);
        System.out.printf(Locale.ROOT, "| %s | %.3f |%n", what, seconds.get(RUNS / 2));
    }
}
