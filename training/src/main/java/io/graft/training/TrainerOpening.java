package io.graft.training;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.training.TrainingConfig;
import io.graft.djl.ModifiedModel;
import io.graft.djl.StartedEngine;
import io.graft.training.checkpoint.Resumption;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.schedule.TrainingMoment;
import io.graft.training.schedule.TrainingSchedules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes a trainer that is ready for its first step, or nothing: what fails leaves no optimizer open and no model claimed.
 *
 * @param moment how far the training is
 * @param preparation of the optimizer
 */
record TrainerOpening(ModifiedModel model, TrainingOptions options, TrainingMoment moment, Preparation preparation) {
    /** What is done with an optimizer before the first step. */
    interface Preparation {
        Optional<Resumption> prepare(NamedOptimizer optimizer) throws IOException;
    }

    ModelTrainer open(TrainingConfig config) {
        Model trained = model.model()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is a block and no model: put the block into a `Model` and modify that"));
        TrainingSchedules schedules = TrainingSchedules.of(model, options.schedules(), options.unfreezing());
        NamedOptimizer optimizer = NamedOptimizer.of(model, options.optimizer());
        try {
            requireDevice(optimizer.device(), config);
            TrainedModels.claim(trained);
            try {
                return trainer(config, optimizer, schedules);
            } catch (IOException unreadable) {
                TrainedModels.release(trained);
                throw new UncheckedIOException(unreadable);
            } catch (RuntimeException | Error failure) {
                TrainedModels.release(trained);
                throw failure;
            }
        } catch (RuntimeException | Error failure) {
            optimizer.close();
            throw failure;
        }
    }

    private ModelTrainer trainer(TrainingConfig config, NamedOptimizer optimizer, TrainingSchedules schedules)
            throws IOException {
        Optional<Resumption> resumed = preparation.prepare(optimizer);
        if (schedules.apply(moment.epochs(), moment.steps())) {
            optimizer.follow(model);
        }
        schedules.requireAnyTrained();
        StartedEngine.keepFreedMemory();
        return new ModelTrainer(model, config, optimizer, schedules, options, moment, resumed);
    }

    private static void requireDevice(Device device, TrainingConfig config) {
        List<Device> wanted = Arrays.asList(config.getDevices());
        if (!wanted.equals(List.of(device))) {
            throw new IllegalArgumentException(
                    "the parameters are on " + device + ", and the trainer is to use " + wanted
                            + ": give it the device of the parameters alone, `optDevices`, or load the model onto another one");
        }
    }
}
