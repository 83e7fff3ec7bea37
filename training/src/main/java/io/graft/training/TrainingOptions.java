package io.graft.training;

import io.graft.training.optimizer.OptimizerRule;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.Schedule;
import io.graft.training.schedule.Unfreezing;
import java.util.List;
import java.util.Optional;

/**
 * How a model is trained.
 *
 * @param optimizer what is made of gradients, with the groups of parameters that are treated otherwise
 * @param learningRates how learning rates change from step to step; they stay as they are if not given
 * @param schedules when parameters are trained, if not from the first step to the last
 * @param unfreezing one depth of the model is trained after the other
 * @param seed what the random numbers of each step are drawn from, together with the step; another one for each run if not given
 */
public record TrainingOptions(
        OptimizerRule optimizer,
        Optional<LearningRates> learningRates,
        List<Schedule> schedules,
        Optional<Unfreezing> unfreezing,
        Optional<Long> seed) {
    public TrainingOptions {
        schedules = List.copyOf(schedules);
    }

    /** Nothing but an optimizer. */
    public static TrainingOptions of(OptimizerRule optimizer) {
        return new TrainingOptions(optimizer, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    /** The same with schedules. */
    public TrainingOptions with(Schedule... all) {
        return new TrainingOptions(optimizer, learningRates, List.of(all), unfreezing, seed);
    }

    /** The same with gradual unfreezing. */
    public TrainingOptions with(Unfreezing gradual) {
        return new TrainingOptions(optimizer, learningRates, schedules, Optional.of(gradual), seed);
    }

    /** The same with learning rates that change. */
    public TrainingOptions with(LearningRates rates) {
        return new TrainingOptions(optimizer, Optional.of(rates), schedules, unfreezing, seed);
    }

    /** The same with a seed. */
    public TrainingOptions seeded(long from) {
        return new TrainingOptions(optimizer, learningRates, schedules, unfreezing, Optional.of(from));
    }
}
