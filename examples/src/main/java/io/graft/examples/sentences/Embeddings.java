package io.graft.examples.sentences;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * One vector for each sentence.
 *
 * @param values row by row
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Embeddings(int rows, float... values) {
    private static final int[] TOKENS = {1};

    /** Of a file that has them as they are. */
    static Embeddings read(Path file) throws IOException {
        TensorEntry entry = entry(file);
        return new Embeddings((int) entry.shape().dimension(0), floats(entry));
    }

    /** Of a file that has a vector for each token: their means, without those that only fill a sentence up. */
    static Embeddings means(Path file, Tokens tokens) throws IOException {
        TensorEntry entry = entry(file);
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape all = new Shape(tokens.rows(), tokens.length(), entry.shape().dimension(2));
            NDArray states = manager.create(floats(entry), all);
            NDArray mask = manager.create(tokens.mask(), new Shape(tokens.rows(), tokens.length(), 1))
                    .toType(DataType.FLOAT32, false);
            NDArray means = states.mul(mask).sum(TOKENS).div(mask.sum(TOKENS));
            return new Embeddings(tokens.rows(), means.toFloatArray());
        }
    }

    private static TensorEntry entry(Path file) throws IOException {
        return Checkpoint.open(file).tensors().get("0");
    }

    private static float[] floats(TensorEntry entry) throws IOException {
        float[] all = new float[(int) entry.shape().elementCount()];
        entry.data()
                .window(0, all.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(all);
        return all;
    }

    private int width() {
        return values.length / rows;
    }

    /** How near each is to that of the same sentence. */
    double[] cosines(Embeddings wanted) {
        double[] cosines = new double[rows];
        for (int row = 0; row < rows; row++) {
            double product = 0;
            double left = 0;
            double right = 0;
            for (int i = row * width(); i < (row + 1) * width(); i++) {
                product += (double) wanted.values[i] * values[i];
                left += (double) wanted.values[i] * wanted.values[i];
                right += (double) values[i] * values[i];
            }
            cosines[row] = product / Math.sqrt(left * right);
        }
        return cosines;
    }

    /** As DJL trains a classifier on them. */
    ArrayDataset dataset(NDManager manager, Tokens tokens, int batchSize, boolean shuffled) {
        return new ArrayDataset.Builder()
                .setData(manager.create(values, new Shape(rows, width())))
                .optLabels(manager.create(tokens.labels()))
                .setSampling(batchSize, shuffled)
                .build();
    }
}
