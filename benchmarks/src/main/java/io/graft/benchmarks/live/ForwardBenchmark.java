package io.graft.benchmarks.live;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.ModifiedModel;
import io.graft.djl.StartedEngine;
import io.graft.djl.forward.OutputComparison;
import io.graft.djl.forward.OutputComparison.Difference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A trained BERT as a native block, filled from its safetensors file, beside the same model traced by PyTorch: how far its outputs are
 * from the reference's, and how long a forward of 4 sequences of 128 tokens takes in each, in turns, on the same engine. The C library is
 * told to keep freed memory, unless the process has {@code -Dio.graft.mallopt=none}.
 *
 * <p>Arguments: the folder that {@code real_minilm.sh} made, with {@code hf}, {@code traced.pt}, {@code inputs.safetensors} and {@code
 * outputs.safetensors}.
 */
public final class ForwardBenchmark {
    private static final Shape TOKENS = new Shape(4, 128);
    /** Of fewer, a good part is spent by the Java machine, which interprets what it has not compiled yet. */
    private static final int WARM_UPS = 40;

    private static final int RUNS = 31;

    private ForwardBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) throws IOException, MalformedModelException {
        if (arguments.length != 1) {
            System.err.println("usage: ForwardBenchmark FOLDER");
            return;
        }
        System.out.println(StartedEngine.keepFreedMemory()
                .map(why -> "freed memory is as the C library has it: " + why)
                .orElse("freed memory is kept"));
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        FileRun run = ModelModifierApplier.create().configuration(ConfigFactory.parseString("""
                graft {
                  model { block-factory = io.graft.models.Bert, arguments { config = "%1$s/hf/config.json", add-pooling-layer = false } }
                  modifiers = [ { type = transfer-learning, checkpoint-path = "%1$s/hf/model.safetensors" } ]
                }
                """.formatted(folder)));
        compare(run, folder);
        try (ModifiedModel nativeModel = run.open();
                Model traced = traced(folder.resolve("traced.pt"))) {
            time(nativeModel.block(), traced.getBlock(), traced.getNDManager());
        }
    }

    private static void compare(FileRun run, Path folder) throws IOException {
        List<NamedTensor> outputs = run.forward(tensors(folder.resolve("inputs.safetensors")));
        OutputComparison comparison =
                OutputComparison.of(outputs, tensors(folder.resolve("outputs.safetensors")), 1e-4);
        for (Difference output : comparison.outputs()) {
            System.out.printf(
                    Locale.ROOT,
                    "largest difference %.2e, %s%n",
                    output.maxAbsolute(),
                    output.percentiles().orElseThrow());
        }
    }

    private static List<NamedTensor> tensors(Path file) {
        return Checkpoint.open(file).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    private static Model traced(Path file) throws IOException, MalformedModelException {
        Model model = Model.newInstance("traced", "PyTorch");
        model.load(file.getParent(), "traced", Map.of("trainParam", "true"));
        return model;
    }

    private static void time(Block nativeBlock, Block traced, NDManager manager) {
        NDArray tokens = manager.randomInteger(1000, 30000, TOKENS, DataType.INT64);
        NDList inputs = new NDList(tokens, tokens.onesLike(), tokens.zerosLike());
        List<Double> nativeTimes = new ArrayList<>();
        List<Double> tracedTimes = new ArrayList<>();
        for (int i = 0; i < WARM_UPS + RUNS; i++) {
            tracedTimes.add(seconds(traced, inputs, manager));
            nativeTimes.add(seconds(nativeBlock, inputs, manager));
        }
        double nativeTime = median(nativeTimes);
        double tracedTime = median(tracedTimes);
        System.out.printf(
                Locale.ROOT,
                "forward of %s tokens: native %.4f s, traced %.4f s, ratio %.3f%n",
                TOKENS,
                nativeTime,
                tracedTime,
                nativeTime / tracedTime);
    }

    private static double seconds(Block block, NDList inputs, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            inputs.tempAttach(scope);
            long start = System.nanoTime();
            block.forward(new ParameterStore(scope, false), inputs, false)
                    .get(0)
                    .getFloat(0, 0, 0);
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static double median(List<Double> times) {
        List<Double> warm = new ArrayList<>(times.subList(WARM_UPS, times.size()));
        Collections.sort(warm);
        return warm.get(RUNS / 2);
    }
}
