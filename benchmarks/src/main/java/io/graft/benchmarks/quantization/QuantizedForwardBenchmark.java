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
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A Linear whose weight is quantized, or comes so in a checkpoint of GPTQ, beside DJL's own in float32, in turns in one process, and the
 * bytes that it takes. Takes its width.
 */
public final class QuantizedForwardBenchmark {
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 401;
    private static final int FEW = 21;
    private static final String GPTQ = "gptq";
    private static final int GROUP = 128;
    private static final List<Case> CASES = List.of(
            new Case("int8", "weight-only", 1, ROUNDS, "3"),
            new Case("int8", "dynamic", 1, ROUNDS, "3"),
            new Case("int8", "fastest", 1, ROUNDS, ""),
            new Case("int8", "weight-only", 128, FEW, ""),
            new Case("int8", "dynamic", 128, FEW, "2.5"),
            new Case("int8", "none", 1, 3, ""),
            new Case("nf4", "none", 1, 3, ""),
            new Case("int4", "weight-only", 1, ROUNDS, "3"),
            new Case("int4", "weight-only", 128, FEW, ""),
            new Case(GPTQ, "weight-only", 1, ROUNDS, ""),
            new Case(GPTQ, "none", 1, 3, ""));

    private record Case(String scheme, String kernel, int batch, int rounds, String goal) {}

    private QuantizedForwardBenchmark() {}

    /**
     * Runs the benchmark and prints its table.
     *
     * @throws IOException if the checkpoint of GPTQ cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        int width = Integer.parseInt(arguments[0]);
        System.out.printf(
                Locale.ROOT,
                "A Linear of %d x %d, least times of runs in turns%n| scheme | kernel | batch | float32 ms | ms | times as fast | goal"
                        + " | relative error | bytes / float32 at rest | in inference |%n"
                        + "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|%n",
                width,
                width);
        Path folder = Files.createTempDirectory("gptq");
        try {
            write(folder, width);
            for (Case each : CASES) {
                run(each, width, folder);
            }
        } finally {
            Files.delete(folder.resolve("model.safetensors"));
            Files.delete(folder);
        }
    }

    /** Codes of 4 bits with zero points, as a checkpoint of GPTQ has them. */
    private static void write(Path folder, int width) throws IOException {
        Random random = new Random(17);
        long groups = width / GROUP;
        LazyTensor codes = LazyTensors.generate(
                "codes", DType.I32, io.graft.tensor.Shape.of(width / 8, width), place -> random.nextInt());
        LazyTensor zeros = LazyTensors.generate(
                "zeros", DType.I32, io.graft.tensor.Shape.of(groups, width / 8), place -> random.nextInt());
        LazyTensor scales = LazyTensors.generate(
                "scales", DType.F16, io.graft.tensor.Shape.of(groups, width), place -> 0.002 + place % 7 * 0.0003);
        LazyTensor index = LazyTensors.generate(
                "groups", DType.I32, io.graft.tensor.Shape.of(width), place -> Math.floorDiv(place, GROUP));
        new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        OutputTensor.of("0.qweight", codes, codes::materialize, Optional.empty()),
                        OutputTensor.of("0.qzeros", zeros, zeros::materialize, Optional.empty()),
                        OutputTensor.of("0.scales", scales, scales::materialize, Optional.empty()),
                        OutputTensor.of("0.g_idx", index, index::materialize, Optional.empty())));
    }

    private static ModifiedModel quantized(Model model, Case each, Path folder) {
        return modified(
                model,
                each.scheme().equals(GPTQ)
                        ? load(folder, ", keep-codes { kernel = " + each.kernel() + " }")
                        : "{ type = quantization, scheme = " + each.scheme() + ", kernel = " + each.kernel()
                                + ", skip = [] }");
    }

    private static String load(Path folder, String more) {
        return "{ type = transfer-learning, checkpoint-path = \"" + folder + "\"" + more + " }";
    }

    private static ModifiedModel modified(Model model, String modifier) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [" + modifier + "]"))
                .run();
    }

    private static void run(Case each, int width, Path folder) {
        try (Model plain = model(width);
                Model model = model(width);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            if (each.scheme().equals(GPTQ)) {
                modified(plain, load(folder, ""));
            }
            copy(plain, model);
            ModifiedModel modified = quantized(model, each, folder);
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
