package io.graft.benchmarks.quantization;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.djl.modified.ModifiedBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A Linear whose weight is quantized beside DJL's own in float32, in turns in one process, and the bytes that it takes. Takes its width.
 */
public final class QuantizedForwardBenchmark {
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 401;
    private static final int FEW = 21;
    private static final List<Case> CASES = List.of(
            new Case("int8", "weight-only", 1, ROUNDS, "3"),
            new Case("int8", "dynamic", 1, ROUNDS, "3"),
            new Case("int8", "fastest", 1, ROUNDS, ""),
            new Case("int8", "weight-only", 128, FEW, ""),
            new Case("int8", "dynamic", 128, FEW, "2.5"),
            new Case("int8", "none", 1, 3, ""),
            new Case("nf4", "none", 1, 3, ""),
            new Case("int4", "weight-only", 1, ROUNDS, "3"),
            new Case("int4", "weight-only", 128, FEW, ""));

    private record Case(String scheme, String kernel, int batch, int rounds, String goal) {}

    private QuantizedForwardBenchmark() {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) {
        int width = Integer.parseInt(arguments[0]);
        System.out.printf(
                Locale.ROOT,
                "A Linear of %d x %d, least times of runs in turns%n| scheme | kernel | batch | float32 ms | ms | times as fast | goal"
                        + " | relative error | bytes / float32 at rest | in inference |%n"
                        + "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|%n",
                width,
                width);
        for (Case each : CASES) {
            run(each, width);
        }
    }

    private static void run(Case each, int width) {
        try (Model plain = model(width);
                Model model = model(width);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            copy(plain, model);
            ModifiedModel modified = ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString("graft.modifiers = [{ type = quantization, scheme = "
                            + each.scheme() + ", kernel = " + each.kernel() + ", skip = [] }]"))
                    .run();
            long numbers = 4L * width * width;
            double rest = (double) bytes(modified) / numbers;
            NDArray input = manager.randomNormal(new Shape(each.batch(), width));
            List<Double> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            for (int i = 0; i < WARM_UP + each.rounds(); i++) {
                double one = forward(plain.getBlock(), input, manager);
                double other = forward(model.getBlock(), input, manager);
                if (i >= WARM_UP) {
                    theirs.add(one);
                    ours.add(other);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %d | %.3f | %.3f | %.2f | %s | %.4f | %.3f | %.3f |%n",
                    each.scheme(),
                    String.join(", ", modified.kernels().values()).isEmpty()
                            ? "dequantized"
                            : String.join(", ", modified.kernels().values()),
                    each.batch(),
                    least(theirs),
                    least(ours),
                    least(theirs) / least(ours),
                    each.goal(),
                    error(plain, model, input),
                    rest,
                    (double) bytes(modified) / numbers);
        }
    }

    private static Model model(int width) {
        Model model = Model.newInstance("net", "PyTorch");
        SequentialBlock block =
                new SequentialBlock().add(Linear.builder().setUnits(width).build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, width));
        block.freezeParameters(true);
        model.setBlock(block);
        return model;
    }

    private static void copy(Model from, Model to) {
        NDArray weight = from.getBlock().getParameters().valueAt(0).getArray();
        to.getBlock().getParameters().valueAt(0).getArray().set(new NDIndex("..."), weight);
    }

    /** What the codes take, and what is kept beside them. */
    private static long bytes(ModifiedModel modified) {
        long owned = 0;
        for (Parameter parameter : ((ModifiedBlock) modified.block()).owned().values()) {
            NDArray array = parameter.getArray();
            owned += array.size() * array.getDataType().getNumOfBytes();
        }
        return owned + modified.cachedBytes();
    }

    private static double forward(Block block, NDArray input, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray own = input.duplicate();
            own.attach(scope);
            long start = System.nanoTime();
            block.forward(new ParameterStore(scope, false), new NDList(own), false);
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static double error(Model plain, Model model, NDArray input) {
        ParameterStore store = new ParameterStore(input.getManager(), false);
        NDArray expected =
                plain.getBlock().forward(store, new NDList(input), false).singletonOrThrow();
        NDArray actual =
                model.getBlock().forward(store, new NDList(input), false).singletonOrThrow();
        return actual.sub(expected).norm().getFloat() / expected.norm().getFloat();
    }

    /** What others do on the machine at the same time makes some runs longer, and none shorter. */
    private static double least(List<Double> milliseconds) {
        return Collections.min(milliseconds);
    }
}
