package io.graft.benchmarks;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.GivenModel;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
    private static final OperatingSystemMXBean PROCESSORS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

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
            List<Measured> measured = List.of(
                    new Measured("reading the file", () -> read(checkpoint)),
                    new Measured("planning", () -> given.configuration(load).plan()),
                    new Measured(
                            "planning and committing",
                            () -> given.configuration(load).run()),
                    new Measured(
                            "without undo",
                            () -> given.configuration(load).undo(false).run()),
                    new Measured(
                            "freezing what is frozen",
                            () -> given.configuration(freeze).run()));
            for (int run = -WARM_UPS; run < RUNS; run++) {
                for (Measured each : measured) {
                    each.run(run >= 0);
                }
            }
            System.out.println("| 10,000 parameters | seconds | of processors |\n|---|---:|---:|");
            measured.forEach(Measured::print);
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

    private interface Work {
        void run() throws IOException;
    }

    private record Measured(String what, Work work, List<Double> seconds, List<Double> ofProcessors) {
        Measured(String what, Work work) {
            this(what, work, new ArrayList<>(), new ArrayList<>());
        }

        void run(boolean counts) throws IOException {
            long processors = PROCESSORS.getProcessCpuTime();
            long start = System.nanoTime();
            work.run();
            if (counts) {
                seconds.add((System.nanoTime() - start) / 1e9);
                ofProcessors.add((PROCESSORS.getProcessCpuTime() - processors) / 1e9);
            }
        }

        void print() {
            System.out.printf(Locale.ROOT, "| %s | %.3f | %.3f |%n", what, median(seconds), median(ofProcessors));
        }

        private static double median(List<Double> values) {
            return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
        }
    }
}
