package io.graft.modifiers.lora.resize;

/** How much each part of rank 1 is of a matrix, the largest first; of the smallest, perhaps only how much they are together. */
public final class SingularValues {
    private final double[] values;
    private final double rest;

    /** All of them, the largest first. */
    public SingularValues(double[] values) {
        this(values.clone(), 0);
    }

    private SingularValues(double[] values, double rest) {
        this.values = values;
        this.rest = rest;
    }

    /** The same as the largest of more. */
    public SingularValues among(double energyOfAll) {
        return new SingularValues(values, Math.max(0, energyOfAll - energy(values.length)));
    }

    /**
     * The smallest rank, 1 at least, that keeps a share of the energy, the sum of the squares of all values; as many as there are, if they
     * have not so much.
     */
    public int rankFor(double share) {
        double wanted = share * (energy(values.length) + rest);
        int rank = 1;
        while (rank < values.length && energy(rank) < wanted) {
            rank++;
        }
        return rank;
    }

    /** How many, 1 at least, are no smaller than a share of the largest. */
    public int above(double share) {
        int rank = 1;
        while (rank < values.length && values[rank] >= share * values[0]) {
            rank++;
        }
        return rank;
    }

    /** What is lost at a rank: the Frobenius norm of the difference, in relation to that of the product. */
    public double lostAt(int rank) {
        double all = energy(values.length) + rest;
        double tail = rest;
        for (int i = values.length - 1; i >= rank; i--) {
            tail += values[i] * values[i];
        }
        return all == 0 ? 0 : Math.sqrt(tail / all);
    }

    private double energy(int rank) {
        double energy = 0;
        for (int i = Math.min(rank, values.length) - 1; i >= 0; i--) {
            energy += values[i] * values[i];
        }
        return energy;
    }
}
