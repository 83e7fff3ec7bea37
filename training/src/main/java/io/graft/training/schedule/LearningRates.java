package io.graft.training.schedule;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Range;
import java.util.Optional;

/**
 * How learning rates change: a factor for the rates of all groups, by the step, as the schedules of transformers have it.
 *
 * @param warmupSteps in how many steps the factor rises from 0 to 1
 * @param decay how it falls afterwards
 * @param totalSteps the step at which it has fallen to 0; needed for a decay
 */
public record LearningRates(
        @Default("0") @Range(min = 0) long warmupSteps,
        @Default("none") Decay decay,
        @Range(min = 1) Optional<Long> totalSteps) {
    /** All rates as they are. */
    public static final LearningRates CONSTANT = new LearningRates(0, Decay.NONE, Optional.empty());

    /** How the factor falls. */
    public enum Decay {
        NONE,
        LINEAR,
        COSINE
    }

    @Check
    static void decayHasAnEnd(LearningRates options, CheckSink problems) {
        if (options.decay != Decay.NONE && options.totalSteps.isEmpty()) {
            problems.on("decay").error("a `decay` needs `total-steps`, at which it ends");
        }
        if (options.decay == Decay.NONE && options.totalSteps.isPresent()) {
            problems.on("total-steps").error("`total-steps` has no effect without a `decay`");
        }
        if (options.totalSteps.filter(total -> total <= options.warmupSteps).isPresent()) {
            problems.on("total-steps").error("`total-steps` is not after `warmup-steps`");
        }
    }

    /**
     * The factor of a step.
     *
     * @param step how many are completed before it
     */
    public double factor(long step) {
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        if (decay == Decay.NONE) {
            return 1;
        }
        double done = Math.min(1, (double) (step - warmupSteps) / (totalSteps.orElseThrow() - warmupSteps));
        return decay == Decay.LINEAR ? 1 - done : 0.5 * (1 + Math.cos(Math.PI * done));
    }
}
