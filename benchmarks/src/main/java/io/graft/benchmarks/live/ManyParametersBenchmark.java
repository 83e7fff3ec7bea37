package io.graft.benchmarks.live;

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
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.benchmarks.measuring.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A plan for a live block with 10,000 parameters and its commit: a checkpoint loaded into half of them, and these frozen; beside
 * reading the bytes of that checkpoint. All take turns, after a warm-up. Medians, by the clock and of the processors' time.
 *
 * <p>Argument: a folder to work in.
 */
public final class ManyParametersBenchmark {
    private static final int LAYERS = 5_000;
    private static final int WIDTH = 32;
    private static final int WARM_UPS = 8;
    private static final int RUNS = 9;

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
            Turns turns = new Turns();
            turns.add("reading the file", () -> read(checkpoint));
            turns.add("planning", () -> given.configuration(load).plan());
            turns.add("planning and committing", () -> given.configuration(load).run());
            turns.add(
                    "without undo", () -> given.configuration(load).undo(false).run());
            turns.add(
                    "freezing what is frozen", () -> given.configuration(freeze).run());
            turns.take(WARM_UPS, RUNS);
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
}
