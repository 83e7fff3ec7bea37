package io.graft.training.schedule;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Exclusive;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.training.Trainability;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * When parameters are trained; they are frozen at any other time, whatever a modifier has made of them. Epochs and steps are counted from
 * 0: what is trained from epoch 2 is frozen in the first two.
 *
 * @param parameters the modules and tensors that it is about: dotted paths, with {@code *} for one segment and {@code **} for any number,
 *     or {@code re:} and a regular expression
 * @param fromEpoch the first epoch in which they are trained; the first of all if nothing is said
 * @param fromStep the first step in which they are trained, counted through all epochs
 * @param untilEpoch the first epoch in which they are frozen again; they are trained to the end if nothing is said
 * @param untilStep the first step in which they are frozen again
 */
@Exclusive({"from-epoch", "from-step"})
@Exclusive({"until-epoch", "until-step"})
public record Schedule(
        @NotEmpty List<Selector> parameters,
        @Range(min = 0) Optional<Long> fromEpoch,
        @Range(min = 0) Optional<Long> fromStep,
        @Range(min = 0) Optional<Long> untilEpoch,
        @Range(min = 0) Optional<Long> untilStep) {
    public Schedule {
        parameters = List.copyOf(parameters);
    }

    @Check
    static void isATime(Schedule options, CheckSink problems) {
        if (options.from().isEmpty() && options.until().isEmpty()) {
            problems.onOptions().error("a schedule needs `from-epoch`, `from-step`, `until-epoch` or `until-step`");
            return;
        }
        try {
            options.trained();
        } catch (IllegalArgumentException backwards) {
            problems.onOptions().error(backwards.getMessage());
        }
    }

    private Optional<Moment> from() {
        return moment(fromEpoch, fromStep);
    }

    private Optional<Moment> until() {
        return moment(untilEpoch, untilStep);
    }

    private static Optional<Moment> moment(Optional<Long> epoch, Optional<Long> step) {
        return epoch.map(count -> new Moment(Unit.EPOCH, count))
                .or(() -> step.map(count -> new Moment(Unit.STEP, count)));
    }

    /**
     * When the parameters are trained.
     *
     * @throws IllegalArgumentException if the end is not after the beginning
     */
    public Trainability trained() {
        return Trainability.during(from(), until());
    }
}
