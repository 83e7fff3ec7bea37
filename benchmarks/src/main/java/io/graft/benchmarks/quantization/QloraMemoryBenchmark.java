package io.graft.benchmarks.quantization;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import com.typesafe.config.ConfigFactory;
import io.graft.Totals;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.MeasuredProcess;
import io.graft.djl.ModifiedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a training step takes in memory, with an adapter of rank 8 on query and value of an encoder 768 wide: on weights in float32, and
 * on weights that are quantized. Each in a process of its own, on Linux, which tells what a process has had at most.
 *
 * <p>Takes the number of layers, or 12, and then the length of the texts of the batch of 4, or 128.
 */
public final class QloraMemoryBenchmark {
    private static final int STEPS = 3;
    private static final String CHILD = "child";
    private static final List<String> SCHEMES = List.of("", "int8", "nf4", "nf4, double-quantization = true");

    private QloraMemoryBenchmark() {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals(CHILD)) {
            measure(arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            return;
        }
        String layers = arguments.length > 0 ? arguments[0] : "12";
        String length = arguments.length > 1 ? arguments[1] : "128";
        System.out.println(
                "| base | tensors of the model, MB | resident before training, MB | at most in a step, MB | a step takes, MB"
                        + " | restored weights, MB | seconds a step |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|");
        for (String scheme : SCHEMES) {
            Path output = Files.createTempFile("qlora", ".txt");
            try {
                // What is freed goes back to the system, so that what is resident is what is held.
                List<String> command = new ArrayList<>(List.of("env", "MALLOC_MMAP_THRESHOLD_=131072"));
                command.add(ProcessHandle.current().info().command().orElse("java"));
                command.addAll(List.of(
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        QloraMemoryBenchmark.class.getName(),
                        CHILD,
                        scheme,
                        layers,
                        length));
                MeasuredProcess.run(output, command);
                Files.readAllLines(output).stream()
                        .filter(line -> line.startsWith("|"))
                        .forEach(System.out::println);
            } finally {
                Files.delete(output);
            }
        }
    }

    private static void measure(String scheme, int layers, int length) throws IOException {
        String quantization = scheme.isEmpty() ? "" : "{ type = quantization, scheme = " + scheme + " }, ";
        try (ModifiedModel modified = ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { block-factory = \"io.graft.models.Bert\","
                        + " input-shapes = [[4, " + length + "]], arguments { vocab-size = 1000, hidden-size = 768,"
                        + " num-hidden-layers = " + layers + ", num-attention-heads = 12, intermediate-size = 3072 } },"
                        + " modifiers = [ " + quantization
                        + "{ type = lora, r = 8, target-modules = [query, value] } ] }"))
                .open()) {
            Model model = modified.model().orElseThrow();
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                    .optDevices(new Device[] {Device.cpu()})
                    .optOptimizer(Optimizer.adam().build()))) {
                step(trainer, 8);
                System.gc();
                long before = resident("VmRSS");
                forgetPeak();
                long start = System.nanoTime();
                for (int i = 0; i < STEPS; i++) {
                    step(trainer, length);
                }
                double seconds = (System.nanoTime() - start) / 1e9 / STEPS;
                long peak = resident("VmHWM");
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.2f |%n",
                        scheme.isEmpty() ? "float32" : scheme,
                        Totals.of(List.copyOf(modified.draft().tensors())).bytes() / 1e6,
                        before / 1e6,
                        peak / 1e6,
                        (peak - before) / 1e6,
                        restored(modified) / 1e6,
                        seconds);
            }
        }
    }

    private static void step(Trainer trainer, int length) {
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDArray ids =
                    scope.arange(0, 4 * length, 1, DataType.INT64).mod(1000).reshape(new Shape(4, length));
            NDList inputs = new NDList(ids, ids.onesLike(), ids.zerosLike());
            collector.backward(trainer.forward(inputs).get(0).square().mean());
        }
        trainer.step();
    }

    private static long restored(ModifiedModel modified) {
        return modified.draft().tensors().stream()
                .filter(tensor -> tensor.storage().isPresent())
                .mapToLong(tensor -> Float.BYTES * tensor.shape().elementCount())
                .sum();
    }

    /** Bytes of this process. */
    private static long resident(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith(line + ":"))
                .mapToLong(each -> 1024 * Long.parseLong(each.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /** Has the kernel begin anew to look for the largest resident set. */
    private static void forgetPeak() throws IOException {
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    }
}
