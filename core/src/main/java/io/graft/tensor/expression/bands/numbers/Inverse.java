package io.graft.tensor.expression.bands.numbers;

import java.io.IOException;

/** Inverses of square matrices, computed in 64 bits: Gauss and Jordan, with the largest pivot of each column. */
public final class Inverse {
    private final int size;
    private final double[][] rows;

    private Inverse(int size) {
        this.size = size;
        this.rows = new double[size][2 * size];
    }

    /**
     * The inverses of matrices that follow each other.
     *
     * @throws IOException if one has none
     */
    public static Numbers of(Numbers matrices, int count, int size) throws IOException {
        Numbers inverses = Numbers.of(matrices.kind(), count);
        for (int at = 0; at < count; at += size * size) {
            Inverse one = new Inverse(size);
            one.read(matrices, at);
            one.eliminate();
            one.write(inverses, at);
        }
        return inverses;
    }

    private void read(Numbers matrices, int at) {
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                int place = at + i * size + j;
                rows[i][j] = matrices.kind() == Kind.FLOATS ? matrices.floats()[place] : matrices.doubles()[place];
            }
            rows[i][size + i] = 1;
        }
    }

    private void write(Numbers inverses, int at) {
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                int place = at + i * size + j;
                if (inverses.kind() == Kind.FLOATS) {
                    inverses.floats()[place] = (float) rows[i][size + j];
                } else {
                    inverses.doubles()[place] = rows[i][size + j];
                }
            }
        }
    }

    private void eliminate() throws IOException {
        for (int pivot = 0; pivot < size; pivot++) {
            double[] row = largest(pivot);
            double by = row[pivot];
            if (by == 0) {
                throw new IOException("a matrix of [" + size + ", " + size + "] has no inverse");
            }
            for (int j = pivot; j < 2 * size; j++) {
                row[j] /= by;
            }
            for (int i = 0; i < size; i++) {
                if (i != pivot) {
                    subtract(rows[i], row, rows[i][pivot], pivot);
                }
            }
        }
    }

    /** Brings the row with the largest element of a column to its place. */
    private double[] largest(int pivot) {
        int best = pivot;
        for (int i = pivot; i < size; i++) {
            best = Math.abs(rows[i][pivot]) > Math.abs(rows[best][pivot]) ? i : best;
        }
        double[] row = rows[best];
        rows[best] = rows[pivot];
        rows[pivot] = row;
        return row;
    }

    private static void subtract(double[] from, double[] row, double times, int first) {
        for (int j = first; j < from.length; j++) {
            from[j] -= times * row[j];
        }
    }
}
