package io.graft.model.parametrization;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far the values that a storage holds in fewer bits are from those that it was made of: {@code ‖W − Ŵ‖ / ‖W‖}, with the Frobenius
 * norm.
 */
public interface Loss {
    /** What weights that are normally distributed would lose. */
    double expected();

    /** What these weights lose; empty before all of their codes were read, since it is measured on the way. */
    OptionalDouble measured();

    /** The most that may be lost, beyond which nothing is published; infinite if anything may be. */
    double allowed();

    /** What was added to values that lay in codes before; empty if nothing was, or before it was measured. */
    default Optional<Update> update() {
        return Optional.empty();
    }

    /**
     * An addition to values that lie in codes, of which they lose what is below half their step.
     *
     * @param size the root of its mean square
     * @param step that of the step from one code to the next
     */
    record Update(double size, double step) {
        /** Whether there is any, and it is smaller than what codes can tell. */
        public boolean isBelowStep() {
            return size > 0 && size < step;
        }
    }

    /** A loss as the ratio of signal to noise, in decibels; infinite if nothing is lost. */
    static double decibels(double loss) {
        return -20 * Math.log10(loss);
    }
}
