package io.graft.modifiers.lora.resize;

/** The rank that updates get. */
public sealed interface TargetRank {
    /**
     * The rank of one update.
     *
     * @param rank the one that it has
     * @return at most that
     */
    int of(int rank, SingularValues values);

    /** A rank that may do, where parts are looked for one after the other. */
    default int likely() {
        return 24;
    }

    /**
     * The same for all; an update of a lower one keeps it.
     *
     * @param rank 1 or more
     */
    record Fixed(int rank) implements TargetRank {
        @Override
        public int of(int present, SingularValues values) {
            return Math.min(rank, present);
        }

        @Override
        public int likely() {
            return rank;
        }
    }

    /**
     * What each needs.
     *
     * @param share how much of the sum of squares is kept, above 0 and at most 1
     */
    record Energy(double share) implements TargetRank {
        @Override
        public int of(int present, SingularValues values) {
            return values.rankFor(share);
        }
    }

    /**
     * What each needs.
     *
     * @param share of the largest singular value that the others have at least, above 0 and at most 1
     */
    record Threshold(double share) implements TargetRank {
        @Override
        public int of(int present, SingularValues values) {
            return values.above(share);
        }
    }
}
