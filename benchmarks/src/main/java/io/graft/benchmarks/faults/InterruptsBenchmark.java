package io.graft.benchmarks.faults;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Folders;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Interrupts a commit on a live model at random moments and looks at what is left. In every second run the last tensor's values
 * cannot be computed, so that the interrupt meets a roll-back.
 *
 * <p>Arguments: a folder to work in, and optionally how often in each way.
 */
public final class InterruptsBenchmark {
    private static final int LAYERS = 8;
    private static final long WIDTH = 1024;
    private static final int TIMEOUT_SECONDS = 60;

    private final ModelModifierApplier applier;
    private final Config config;
    private final Checkpoint values;
    private final Model model;
    private final List<NDArray> arrays;
    private final SplittableRandom random = new SplittableRandom(1);
    private long usual;

    /** How the interrupt comes. */
    enum Way {
        THREAD("the caller's thread"),
        GROUP("its thread group"),
        POOL("`shutdownNow` of its pool"),
        OWN("an extension's own thread");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    /** What came of the runs of one way. */
    static final class Counts {
        int runs;
        int changed;
        int unchanged;
        int mixed;
        int untrue;
        int lostInterrupts;
        int hangs;

        /** Whether every run left the old or the new values, and said so. */
        boolean isClean() {
            return runs == changed + unchanged && mixed + untrue + lostInterrupts + hangs == 0;
        }
    }

    private InterruptsBenchmark(Model model, ModelModifierApplier applier, Path values) {
        this.model = model;
        this.applier = applier;
        this.config = ConfigFactory.parseString("graft.modifiers = [{ type = interrupted }]");
        this.arrays = model.getBlock().getParameters().values().stream()
                .map(Parameter::getArray)
                .toList();
        this.values = Checkpoint.open(values);
    }

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1) {
            System.err.println("usage: InterruptsBenchmark FOLDER [TIMES]");
            return;
        }
        int times = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        System.out.println(
                "| interrupted | runs | new values | old values | mixed | untrue | interrupt lost | hangs |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
        run(Path.of(arguments[0]), times)
                .forEach((way, counts) -> System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %d | %d | %d | %d |%n",
                        way.words,
                        counts.runs,
                        counts.changed,
                        counts.unchanged,
                        counts.mixed,
                        counts.untrue,
                        counts.lostInterrupts,
                        counts.hangs));
    }

    /** Interrupts commits so many times in each way. */
    static Map<Way, Counts> run(Path parent, int times) throws Exception {
        Path folder = Files.createTempDirectory(parent, "graft-interrupts");
        try (Model model = model();
                URLClassLoader extension = InterruptedModifier.extension(folder)) {
            Path values = write(folder);
            InterruptsBenchmark benchmark =
                    new InterruptsBenchmark(model, ModelModifierApplier.create(extension), values);
            benchmark.warmUp();
            Map<Way, Counts> counts = new EnumMap<>(Way.class);
            for (Way way : Way.values()) {
                counts.put(way, benchmark.interrupt(way, times));
            }
            return counts;
        } finally {
            Folders.delete(folder);
        }
    }

    private void warmUp() {
        InterruptedModifier.arm(values, false, false);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            applier.model(model).configuration(config).run();
            usual = System.nanoTime() - start;
        }
    }

    private Counts interrupt(Way way, int times) throws InterruptedException {
        Counts counts = new Counts();
        for (int i = 0; i < times; i++) {
            fill();
            InterruptedModifier.arm(values, i % 2 == 1, way == Way.OWN);
            InterruptedRun run = new InterruptedRun(
                    () -> applier.model(model).configuration(config).run());
            ThreadGroup group = new ThreadGroup("server");
            ExecutorService pool = Executors.newSingleThreadExecutor(work -> new Thread(group, work));
            pool.execute(run);
            LockSupport.parkNanos(random.nextLong(usual * 3 / 2));
            switch (way) {
                case THREAD -> run.interrupt(run::interruptThread);
                case GROUP -> run.interrupt(group::interrupt);
                case POOL -> run.interrupt(pool::shutdownNow);
                case OWN -> {}
            }
            pool.shutdown();
            counts.runs++;
            if (pool.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                count(counts, run);
            } else {
                counts.hangs++;
            }
        }
        return counts;
    }

    private void count(Counts counts, InterruptedRun run) {
        boolean isNew = hold(2);
        boolean isOld = hold(1);
        counts.changed += isNew ? 1 : 0;
        counts.unchanged += isOld ? 1 : 0;
        counts.mixed += isNew || isOld ? 0 : 1;
        counts.untrue += run.isTrue(isOld, isNew) ? 0 : 1;
        counts.lostInterrupts += run.lostInterrupt() ? 1 : 0;
    }

    /** Whether every element of the model has a value. */
    private boolean hold(float value) {
        for (NDArray array : arrays) {
            FloatBuffer elements = array.toByteBuffer(true).asFloatBuffer();
            for (int i = 0; i < elements.limit(); i++) {
                if (elements.get(i) != value) {
                    return false;
                }
            }
        }
        return true;
    }

    private void fill() {
        for (NDArray array : arrays) {
            FloatBuffer elements = array.toByteBuffer(true).asFloatBuffer();
            for (int i = 0; i < elements.limit(); i++) {
                elements.put(i, 1);
            }
        }
    }

    private static Model model() {
        Model model = Model.newInstance("interrupted", "PyTorch");
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < LAYERS; i++) {
            block.add(Linear.builder().setUnits(WIDTH).optBias(false).build());
        }
        block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(1, WIDTH));
        model.setBlock(block);
        return model;
    }

    private static Path write(Path folder) throws IOException {
        Shape shape = Shape.of(WIDTH, WIDTH);
        ByteBuffer bytes = ByteBuffer.allocate((int) DType.F32.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat(2);
        }
        bytes.flip();
        List<OutputTensor> tensors = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            tensors.add(new OutputTensor(i + ".weight", DType.F32, shape, () -> TensorData.of(bytes)));
        }
        return new SafetensorsWriter(
                        Files.createDirectory(folder.resolve("values")),
                        "model",
                        SafetensorsWriter.UNLIMITED,
                        Map.of(),
                        new WriteOptions(false, false, Part.WHOLE))
                .write(tensors)
                .get(0)
                .path();
    }
}
