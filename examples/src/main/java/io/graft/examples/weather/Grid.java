package io.graft.examples.weather;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import io.graft.NamedTensor;
import io.graft.tensor.Shape;
import java.util.Random;

/**
 * Points of a grid: features, and what follows from them. One law leads from the features to a hidden state everywhere, and another one in each
 * region from there to what is seen.
 *
 * @param count how many points
 * @param features of all, [count, 8]
 * @param seen of all, [count, 4]
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Grid(int count, float[] features, float[] seen) {
    static final int INPUTS = 8;
    private static final int HIDDEN = 12;
    private static final int OUTPUTS = 4;
    private static final double NOISE = 0.05;

    /**
     * @param region tells its law
     * @param seed tells its points
     */
    static Grid of(String region, int count, long seed) {
        double[][] everywhere = matrix(new Random(0), HIDDEN, INPUTS);
        double[][] here = matrix(new Random(region.hashCode()), OUTPUTS, HIDDEN);
        Random random = new Random(seed);
        float[] features = new float[count * INPUTS];
        float[] seen = new float[count * OUTPUTS];
        for (int point = 0; point < count; point++) {
            double[] x = random.doubles(INPUTS, -1.5, 1.5).toArray();
            double[] hidden = product(everywhere, x);
            for (int i = 0; i < HIDDEN; i++) {
                hidden[i] = Math.sin(2 * hidden[i]);
            }
            double[] y = product(here, hidden);
            for (int i = 0; i < INPUTS; i++) {
                features[point * INPUTS + i] = (float) x[i];
            }
            for (int i = 0; i < OUTPUTS; i++) {
                seen[point * OUTPUTS + i] = (float) (y[i] + NOISE * random.nextGaussian());
            }
        }
        return new Grid(count, features, seen);
    }

    private static double[][] matrix(Random random, int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextGaussian() / Math.sqrt(columns);
            }
        }
        return matrix;
    }

    private static double[] product(double[][] matrix, double... vector) {
        double[] product = new double[matrix.length];
        for (int row = 0; row < matrix.length; row++) {
            for (int i = 0; i < vector.length; i++) {
                product[row] += matrix[row][i] * vector[i];
            }
        }
        return product;
    }

    NamedTensor input() {
        return NamedTensor.of("x", Shape.of(count, INPUTS), features);
    }

    /** As DJL trains on them. */
    ArrayDataset dataset(NDManager manager, int batchSize) {
        return new ArrayDataset.Builder()
                .setData(manager.create(features, new ai.djl.ndarray.types.Shape(count, INPUTS)))
                .optLabels(manager.create(seen, new ai.djl.ndarray.types.Shape(count, OUTPUTS)))
                .setSampling(batchSize, true)
                .build();
    }

    /** The mean square of what outputs of a model are away from what is seen. */
    double error(float... outputs) {
        double sum = 0;
        for (int i = 0; i < seen.length; i++) {
            sum += Math.pow(outputs[i] - seen[i], 2);
        }
        return sum / seen.length;
    }
}
