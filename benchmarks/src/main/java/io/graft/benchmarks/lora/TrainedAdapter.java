package io.graft.benchmarks.lora;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.modifiers.lora.AdapterSaver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Trains an adapter for a few steps and saves it, so that {@code reference/check_lora.py} can load it with PEFT: on a native block that
 * is filled from a checkpoint, or on the TorchScript archive of the same network.
 */
public final class TrainedAdapter {
    private static final Shape INPUT = new Shape(5, 1, 6, 6);
    private static final CheckedTraining TRAINING = new CheckedTraining(
            5,
            Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.5f)).build(),
            TrainedAdapter::input,
            (scope, outputs) -> outputs.singletonOrThrow().sub(1).square().mean());

    private TrainedAdapter() {}

    /** {@code BASE FOLDER OPTIONS}; the folder gets the adapter and {@code outputs.txt}, what the network then computes. */
    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[0]);
        Path folder = Path.of(arguments[1]);
        String lora = "{ type = lora, " + arguments[2] + " }";
        try (Model model = Model.newInstance("network", "PyTorch")) {
            ModifiedModel modified = isArchive(base) ? program(model, base, lora) : block(model, base, lora);
            TRAINING.train(model);
            AdapterSaver.peft().save(modified.adapters().get(0), folder);
            Files.write(folder.resolve("outputs.txt"), TRAINING.outputs(model));
        }
    }

    private static boolean isArchive(Path base) {
        return base.toString().endsWith(".pt");
    }

    private static Config modifiers(String modifiers) {
        return ConfigFactory.parseString("graft.modifiers = [ " + modifiers + " ]");
    }

    private static ModifiedModel program(Model model, Path base, String lora) throws Exception {
        // Set before the first forward: PyTorch's optimized graphs fail after two training steps.
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        model.load(base.getParent(), base.getFileName().toString(), Map.of("trainParam", "true"));
        return ModelModifierApplier.create()
                .model(model, base)
                .configuration(modifiers(lora))
                .run();
    }

    private static ModifiedModel block(Model model, Path base, String lora) {
        model.setBlock(network());
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        return ModelModifierApplier.create()
                .model(model)
                .configuration(modifiers(
                        "{ type = transfer-learning, checkpoint-path = \"" + base + "\", strict = true }, " + lora))
                .run();
    }

    private static Block network() {
        return new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(4)
                        .build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(2).build());
    }

    private static NDList input(NDManager manager) {
        NDArray values = manager.arange(0, (float) INPUT.size(), 1, DataType.FLOAT32);
        return new NDList(values.sin().reshape(INPUT));
    }
}
