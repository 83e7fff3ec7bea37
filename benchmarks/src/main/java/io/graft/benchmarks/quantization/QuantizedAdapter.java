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
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.modifiers.lora.AdapterSaver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains an adapter on a classifier whose weights are quantized, and saves it, so that {@code reference/check_qlora.py} can load it with
 * PEFT: on the block of {@code io.graft.models}, or on a program that was traced.
 */
public final class QuantizedAdapter {
    private static final Shape INPUT = new Shape(4, 12);
    private static final int WORDS = 64;
    private static final int STEPS = 8;

    private QuantizedAdapter() {}

    /**
     * {@code BASE PROGRAM FOLDER QUANTIZATION LORA}: a folder of transformers, {@code block} or the program traced of it, what gets the
     * adapter and {@code outputs.txt}, the logits after training, and the options of the two modifiers.
     */
    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[0]);
        Path folder = Path.of(arguments[2]);
        String model = arguments[1].equals("block")
                ? "{ block-factory = \"io.graft.models.BertForSequenceClassification\", arguments { config = \"" + base
                        + "/config.json\" } }"
                : "{ torchscript = \"" + arguments[1] + "\" }";
        try (ModifiedModel modified = ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model = " + model + ", modifiers = [ {"
                        + " type = transfer-learning, checkpoint-path = \"" + base + "\" }, { type = quantization, "
                        + arguments[3] + " }, { type = lora, " + arguments[4] + " } ] }"))
                .open()) {
            Model trained = modified.model().orElseThrow();
            train(trained);
            modified.invalidate();
            AdapterSaver.peft().save(modified.adapters().get(0), folder);
            Files.write(folder.resolve("outputs.txt"), outputs(trained));
        }
    }

    private static NDList input(NDManager manager) {
        NDArray ids = manager.arange(0, (int) INPUT.size(), 1, DataType.INT64)
                .mul(7)
                .add(3)
                .mod(WORDS)
                .reshape(INPUT);
        return new NDList(ids, ids.onesLike(), ids.zerosLike());
    }

    private static void train(Model model) {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(0.01f))
                        .build()))) {
            for (int step = 0; step < STEPS; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray loss = trainer.getLoss()
                            .evaluate(
                                    new NDList(scope.create(new float[] {0, 1, 2, 1})), trainer.forward(input(scope)));
                    System.out.println("step " + step + ", loss " + loss.getFloat());
                    collector.backward(loss);
                }
                trainer.step();
            }
        }
    }

    private static List<String> outputs(Model model) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            List<String> numbers = new ArrayList<>();
            for (float value : model.getBlock()
                    .forward(new ParameterStore(scope, false), input(scope), false)
                    .singletonOrThrow()
                    .toFloatArray()) {
                numbers.add(Float.toString(value));
            }
            return numbers;
        }
    }
}
