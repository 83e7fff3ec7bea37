package io.graft.benchmarks.lora;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A few steps of DJL's trainer on one input, and what the model then computes of it, so that a program in Python can do the same.
 *
 * @param steps how many
 * @param optimizer what takes them
 * @param input of every step, made in the manager
 * @param loss of the model's outputs, made in the manager
 */
public record CheckedTraining(
        int steps,
        Optimizer optimizer,
        Function<NDManager, NDList> input,
        BiFunction<NDManager, NDList, NDArray> loss) {

    /** Takes the steps, and prints the loss before each. */
    public void train(Model model) {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(optimizer))) {
            for (int step = 0; step < steps; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray value = loss.apply(scope, trainer.forward(input.apply(scope)));
                    System.out.println("step " + step + ", loss " + value.getFloat());
                    collector.backward(value);
                }
                trainer.step();
            }
        }
    }

    /** The first output of the model, in inference, one number a line. */
    public List<String> outputs(Model model) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            List<String> numbers = new ArrayList<>();
            for (float value : model.getBlock()
                    .forward(new ParameterStore(scope, false), input.apply(scope), false)
                    .singletonOrThrow()
                    .toFloatArray()) {
                numbers.add(Float.toString(value));
            }
            return numbers;
        }
    }
}
