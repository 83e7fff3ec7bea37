package io.graft.modifiers.lora.resize;

/** How much each part of rank 1 is of a product, the largest first. */
public final class SingularValues {
    private final double[] values;

    SingularValues(double[] values) {
        this.values = values;
    }

    /** The smallest rank, 1 at least, that keeps a share of the energy, the sum of the squares of all values of the product. */
    public int rankFor(double share) {
        double wanted = share * energy(values.length);
        int rank = 1;
        while (rank < values.length && energy(rank) < wanted) {
            rank++;
        }
        return rank;
    }

    /** What is lost at a rank: the Frobenius norm of the difference, in relation to that of the product. */
    public double lostAt(int rank) {
        double all = energy(values.length);
        double tail = 0;
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
