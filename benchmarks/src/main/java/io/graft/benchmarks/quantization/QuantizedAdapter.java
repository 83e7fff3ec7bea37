package io.graft.benchmarks.quantization;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.lora.CheckedTraining;
import io.graft.djl.ModifiedModel;
import io.graft.modifiers.lora.AdapterSaver;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Trains an adapter on a classifier whose weights are quantized, and saves it, so that {@code reference/check_qlora.py} can load it with
 * PEFT: on the block of {@code io.graft.models}, or on a program that was traced.
 */
public final class QuantizedAdapter {
    private static final Shape INPUT = new Shape(4, 12);
    private static final int WORDS = 64;
    private static final CheckedTraining TRAINING = new CheckedTraining(
            8,
            Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f)).build(),
            QuantizedAdapter::input,
            (scope, outputs) -> Loss.softmaxCrossEntropyLoss()
                    .evaluate(new NDList(scope.create(new float[] {0, 1, 2, 1})), outputs));

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
            TRAINING.train(trained);
            modified.invalidate();
            AdapterSaver.peft().save(modified.adapters().get(0), folder);
            Files.write(folder.resolve("outputs.txt"), TRAINING.outputs(trained));
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
}
