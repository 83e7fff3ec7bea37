package io.graft.model.training;

import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stretch of a training in which the same tensors are trained from its beginning to its end.
 *
 * @param epochs how many are completed when it begins
 * @param steps how many are completed then, of all epochs
 */
public record TrainingStretch(long epochs, long steps) {
    /** That of the first step. */
    public static final TrainingStretch START = new TrainingStretch(0, 0);

    /**
     * The stretches after the first. Where some begin or end with an epoch and others with a step, nobody knows which comes first, so that
     * the last stretch is the only one that is known.
     *
     * @param times when tensors are trained
     */
    public static List<TrainingStretch> after(Collection<Trainability> times) {
        List<Long> epochs = counts(times, Unit.EPOCH);
        List<Long> steps = counts(times, Unit.STEP);
        if (epochs.isEmpty()) {
            return steps.stream().map(step -> new TrainingStretch(0, step)).toList();
        }
        if (steps.isEmpty()) {
            return epochs.stream().map(epoch -> new TrainingStretch(epoch, 0)).toList();
        }
        return List.of(new TrainingStretch(epochs.get(epochs.size() - 1), steps.get(steps.size() - 1)));
    }

    private static List<Long> counts(Collection<Trainability> times, Unit unit) {
        return times.stream()
                .flatMap(time -> time.schedule().stream())
                .flatMap(time -> Stream.concat(time.from().stream(), time.until().stream()))
                .filter(moment -> moment.unit() == unit)
                .map(Moment::count)
                .distinct()
                .sorted()
                .toList();
    }

    /** Whether something is trained in it. */
    public boolean trains(Trainability time) {
        return time.at(epochs, steps);
    }

    /** For people: {@code from epoch 3 on}. */
    @Override
    public String toString() {
        String epoch = Unit.EPOCH.id() + " " + epochs;
        String step = Unit.STEP.id() + " " + steps;
        return "from " + (steps == 0 ? epoch : epochs == 0 ? step : epoch + " and " + step) + " on";
    }
}
