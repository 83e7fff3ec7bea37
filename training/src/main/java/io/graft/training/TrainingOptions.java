package io.graft.training;

import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.optimizer.OptimizerRule;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.Schedule;
import io.graft.training.schedule.Unfreezing;
import io.graft.training.strategy.LoadingStrategy;
import java.util.List;
import java.util.Optional;

/**
 * How a model is trained.
 *
 * @param strategy what the training begins with; the model's own values if nothing is said
 * @param optimizer what is made of gradients, with the groups of parameters that are treated otherwise
 * @param learningRates how learning rates change from step to step; they stay as they are if not given
 * @param schedules when parameters are trained, if not from the first step to the last
 * @param unfreezing one depth of the model is trained after the other
 * @param checkpoints when the training is saved, and what is kept of it; it is not saved if nothing is said
 * @param seed what the random numbers of each step are drawn from, together with the step; another one for each run if not given
 */
public record TrainingOptions(
        Optional<LoadingStrategy> strategy,
        OptimizerRule optimizer,
        Optional<LearningRates> learningRates,
        List<Schedule> schedules,
        Optional<Unfreezing> unfreezing,
        Optional<CheckpointOptions> checkpoints,
        Optional<Long> seed) {
    public TrainingOptions {
        schedules = List.copyOf(schedules);
    }

    /** Nothing but an optimizer. */
    public static TrainingOptions of(OptimizerRule optimizer) {
        return new TrainingOptions(
                Optional.empty(),
                optimizer,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same with schedules. */
    public TrainingOptions with(Schedule... all) {
        return new TrainingOptions(strategy, optimizer, learningRates, List.of(all), unfreezing, checkpoints, seed);
    }

    /** The same with gradual unfreezing. */
    public TrainingOptions with(Unfreezing gradual) {
        return new TrainingOptions(
                strategy, optimizer, learningRates, schedules, Optional.of(gradual), checkpoints, seed);
    }

    /** The same with learning rates that change. */
    public TrainingOptions with(LearningRates rates) {
        return new TrainingOptions(strategy, optimizer, Optional.of(rates), schedules, unfreezing, checkpoints, seed);
    }

    /** The same, saved. */
    public TrainingOptions with(CheckpointOptions saved) {
        return new TrainingOptions(strategy, optimizer, learningRates, schedules, unfreezing, Optional.of(saved), seed);
    }

    /** The same with a seed. */
    public TrainingOptions seeded(long from) {
        return new TrainingOptions(
                strategy, optimizer, learningRates, schedules, unfreezing, checkpoints, Optional.of(from));
    }
}
