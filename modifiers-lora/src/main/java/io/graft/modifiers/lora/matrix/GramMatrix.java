package io.graft.modifiers.lora.matrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** The products of vectors with each other, in 64 bits: what their singular values are the roots of. */
final class GramMatrix {
    private final List<double[]> vectors = new ArrayList<>();
    /** Those of each vector with itself and all before it. */
    private final List<double[]> products = new ArrayList<>();

    /** What it is made of. */
    static final class Parts {
        static final Parts NONE = new Parts(new double[0], new float[0][]);

        private final double[] values;
        private final float[][] shares;

        private Parts(double[] values, float[][] shares) {
            this.values = values;
            this.shares = shares;
        }

        /** The singular values of the vectors, the largest first. */
        double[] values() {
            return values.clone();
        }

        /** How often each vector is in each of the largest parts, {@code [part][vector]}. */
        float[][] shares(int count) {
            return Arrays.copyOf(shares, count);
        }
    }

    void add(float[] vector) {
        double[] wide = new double[vector.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = vector[i];
        }
        vectors.add(wide);
        double[] row = new double[vectors.size()];
        for (int k = 0; k < row.length; k += 4) {
            dots(wide, k, row);
        }
        products.add(row);
    }

    /** @throws ArithmeticException if the decomposition does not converge */
    Parts parts() {
        int size = vectors.size();
        DMatrixRMaj symmetric = new DMatrixRMaj(size, size);
        for (int row = 0; row < size; row++) {
            for (int column = 0; column <= row; column++) {
                symmetric.set(row, column, products.get(row)[column]);
                symmetric.set(column, row, products.get(row)[column]);
            }
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
        if (!eigen.decompose(symmetric)) {
            throw new ArithmeticException("the singular values do not converge");
        }
        double[] squares = IntStream.range(0, size)
                .mapToDouble(i -> eigen.getEigenvalue(i).getReal())
                .toArray();
        int[] order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -squares[i]))
                .mapToInt(i -> i)
                .toArray();
        float[][] shares = new float[size][size];
        for (int i = 0; i < size; i++) {
            DMatrixRMaj vector = eigen.getEigenVector(order[i]);
            for (int k = 0; k < size; k++) {
                shares[i][k] = (float) vector.get(k);
            }
        }
        return new Parts(
                Arrays.stream(order)
                        .mapToDouble(i -> Math.sqrt(Math.max(0, squares[i])))
                        .toArray(),
                shares);
    }

    /** Four at a time, which do not wait for each other. */
    private void dots(double[] vector, int first, double[] dots) {
        int last = vectors.size() - 1;
        double[] one = vectors.get(first);
        double[] two = vectors.get(Math.min(first + 1, last));
        double[] three = vectors.get(Math.min(first + 2, last));
        double[] four = vectors.get(Math.min(first + 3, last));
        double dot1 = 0;
        double dot2 = 0;
        double dot3 = 0;
        double dot4 = 0;
        for (int i = 0; i < vector.length; i++) {
            double value = vector[i];
            dot1 += value * one[i];
            dot2 += value * two[i];
            dot3 += value * three[i];
            dot4 += value * four[i];
        }
        double[] found = {dot1, dot2, dot3, dot4};
        System.arraycopy(found, 0, dots, first, Math.min(4, dots.length - first));
    }
}
