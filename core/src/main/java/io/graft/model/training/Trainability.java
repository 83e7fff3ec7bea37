package io.graft.model.training;

import java.util.Optional;

/** When an optimizer updates a tensor: always, never, or for a time. */
public sealed interface Trainability {
    /** From the first step to the last. */
    static Trainability always() {
        return Always.SOLE;
    }

    /** In no step. */
    static Trainability never() {
        return Never.SOLE;
    }

    /** Whether it is updated in the first step. */
    default boolean atStart() {
        return at(0, 0);
    }

    /**
     * Whether it is updated in the step that comes after some.
     *
     * @param epochs how many are completed
     * @param steps how many are completed, of all epochs
     */
    boolean at(long epochs, long steps);

    /** The time that it is trained for; empty if that is always or never. */
    default Optional<During> schedule() {
        return Optional.empty();
    }

    /** From the first step to the last. */
    record Always() implements Trainability {
        private static final Trainability SOLE = new Always();

        @Override
        public boolean at(long epochs, long steps) {
            return true;
        }

        @Override
        public String toString() {
            return "trained";
        }
    }

    /** In no step. */
    record Never() implements Trainability {
        private static final Trainability SOLE = new Never();

        @Override
        public boolean at(long epochs, long steps) {
            return false;
        }

        @Override
        public String toString() {
            return "frozen";
        }
    }

    /**
     * For a time; made by {@link #during}, which knows when that is always or never.
     *
     * @param from when it begins; empty if that is the first step
     * @param until when it has ended: the first step or epoch in which it is frozen again; empty if it never ends
     */
    record During(Optional<Moment> from, Optional<Moment> until) implements Trainability {
        /**
         * @throws IllegalArgumentException if that is always, never or no time at all
         */
        public During {
            if (from.isEmpty() && until.isEmpty()) {
                throw new IllegalArgumentException("a time without a beginning and an end is always");
            }
            if (from.filter(Moment::isStart).isPresent()
                    || until.filter(Moment::isStart).isPresent()) {
                throw new IllegalArgumentException("training begins at " + Moment.START
                        + ": leave that out as a beginning, and freeze what would end there");
            }
            if (from.isPresent() && until.filter(from.get()::isNotBefore).isPresent()) {
                throw new IllegalArgumentException(
                        "the end, " + until.get() + ", is not after the beginning, " + from.get());
            }
        }

        @Override
        public boolean at(long epochs, long steps) {
            return from.map(moment -> moment.hasCome(epochs, steps)).orElse(true)
                    && until.filter(moment -> moment.hasCome(epochs, steps)).isEmpty();
        }

        @Override
        public Optional<During> schedule() {
            return Optional.of(this);
        }

        /** For people: {@code trained from epoch 3 until step 100}. */
        @Override
        public String toString() {
            return "trained" + from.map(moment -> " from " + moment).orElse("")
                    + until.map(moment -> " until " + moment).orElse("");
        }
    }

    /**
     * A moment of the training.
     *
     * @param count how many epochs or steps are completed then
     */
    record Moment(Unit unit, long count) {
        private static final Moment START = new Moment(Unit.STEP, 0);

        /**
         * @throws IllegalArgumentException if the count is negative
         */
        public Moment {
            if (count < 0) {
                throw new IllegalArgumentException("moments are counted from 0, not from " + count);
            }
        }

        /** Whether so much is completed. */
        public boolean hasCome(long epochs, long steps) {
            return count <= (unit == Unit.EPOCH ? epochs : steps);
        }

        private boolean isStart() {
            return count == 0;
        }

        /** Whether it is known not to be before another; an epoch has any number of steps. */
        private boolean isNotBefore(Moment other) {
            return unit == other.unit && count >= other.count;
        }

        /** For people: {@code epoch 3}. */
        @Override
        public String toString() {
            return unit.id() + " " + count;
        }
    }

    /** What moments are counted in. */
    enum Unit {
        EPOCH("epoch"),
        STEP("step");

        private final String id;

        Unit(String id) {
            this.id = id;
        }

        /** The name that configurations and reports have for it. */
        public String id() {
            return id;
        }
    }

    /** For a parameter that is trained all the time, or not at all. */
    static Trainability of(boolean trained) {
        return trained ? always() : never();
    }

    /**
     * From a moment until before another. Without a beginning, or from the start on, it is trained from the first step; without an
     * end, to the last; if it ends at the start, never.
     *
     * @throws IllegalArgumentException if both moments are of one unit and the end is not after the beginning
     */
    static Trainability during(Optional<Moment> from, Optional<Moment> until) {
        if (until.filter(Moment::isStart).isPresent()) {
            return never();
        }
        Optional<Moment> begins = from.filter(moment -> !moment.isStart());
        return begins.isEmpty() && until.isEmpty() ? always() : new During(begins, until);
    }
}
