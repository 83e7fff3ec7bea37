package io.graft.benchmarks.live;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.modified.ModifiedBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a modified block with nothing to compute adds to a forward: the block that it wraps, and the wrapped one, in turns in one
 * process. Takes no arguments.
 */
public final class ModifiedForwardBenchmark {
    private static final int WIDTH = 256;
    private static final int LAYERS = 8;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 3_000;

    private ModifiedForwardBenchmark() {}

    /** Runs the benchmark and prints its result. */
    public static void main(String[] arguments) {
        try (Model model = Model.newInstance("net", "PyTorch");
                NDManager manager = model.getNDManager().newSubManager()) {
            SequentialBlock block = new SequentialBlock();
            for (int i = 0; i < LAYERS; i++) {
                block.add(Linear.builder().setUnits(WIDTH).build()).add(Activation::relu);
            }
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(16, WIDTH));
            model.setBlock(block);
            ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString(
                            "graft.modifiers = [{ type = freezing, submodules-to-freeze = [\"0\"] }]"))
                    .run();
            Block modified = model.getBlock();
            if (!(modified instanceof ModifiedBlock)) {
                throw new IllegalStateException("the model's block is not wrapped");
            }
            NDArray input = manager.ones(new Shape(16, WIDTH));
            List<Double> plain = new ArrayList<>();
            List<Double> wrapped = new ArrayList<>();
            for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                boolean first = i % 2 == 0;
                double one = forward(first ? block : modified, input, manager);
                double other = forward(first ? modified : block, input, manager);
                if (i >= WARM_UP) {
                    plain.add(first ? one : other);
                    wrapped.add(first ? other : one);
                }
            }
            double a = median(plain);
            double b = median(wrapped);
            System.out.printf(
                    Locale.ROOT,
                    "%d Linears of %d, batch 16; medians of %d forwards in turns%n| plain | modified | added |%n|---:|---:|---:|%n"
                            + "| %.1f us | %.1f us | %.2f %% |%n",
                    LAYERS,
                    WIDTH,
                    ROUNDS,
                    a,
                    b,
                    100 * (b / a - 1));
        }
    }

    private static double forward(Block block, NDArray input, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray own = input.duplicate();
            own.attach(scope);
            long start = System.nanoTime();
            block.forward(new ParameterStore(scope, false), new NDList(own), false);
            return (System.nanoTime() - start) / 1e3;
        }
    }

    private static double median(List<Double> microseconds) {
        Collections.sort(microseconds);
        return microseconds.get(microseconds.size() / 2);
    }
}
