package io.graft.benchmarks.files;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Elements of {@code W + scale · (left · right)} by code that is good for nothing else: what expressions are measured with. Products
 * are added in the order of the rank, and the sum to the weight, all in 32 bits.
 */
final class SpecialSum implements TensorData.Computation {
    private final TensorData weight;
    private final DType dtype;
    private final float[] left;
    private final float[][] right;
    private final int columns;
    private final int rank;
    private final float scale;

    /**
     * @param dtype of the weight
     * @param left {@code [rows, rank]}
     * @param right {@code [rank, columns]}
     */
    SpecialSum(TensorData weight, DType dtype, float[] left, float[] right, int columns, float scale) {
        this.weight = weight;
        this.dtype = dtype;
        this.left = left;
        this.columns = columns;
        this.rank = columns == 0 ? 0 : right.length / columns;
        this.right = new float[rank][];
        for (int k = 0; k < rank; k++) {
            this.right[k] = Arrays.copyOfRange(right, k * columns, (k + 1) * columns);
        }
        this.scale = scale;
    }

    @Override
    public TensorData.Elements elements(long first, int count, ByteBuffer room) throws IOException {
        return new Sums(weight.elements(dtype, first, count, room), first);
    }

    /** The sums, which take the place of the weights in each block. */
    private final class Sums implements TensorData.Elements {
        private final TensorData.Elements weights;
        private final Row row = new Row();
        private long at;

        Sums(TensorData.Elements weights, long first) {
            this.weights = weights;
            this.at = first;
        }

        @Override
        public void next(ElementBlock block, int count) throws IOException {
            weights.next(block, count);
            add(block.floats(), count);
            at += count;
        }

        private void add(float[] values, int elements) {
            for (int done = 0; done < elements; ) {
                int column = (int) ((at + done) % columns);
                int count = Math.min(elements - done, columns - column);
                row.add(values, done, (int) ((at + done) / columns), column, count);
                done += count;
            }
        }
    }

    /**
     * Room for one row. Everything in it is indexed by column, with no offset: the compiler then uses vector instructions, since
     * it sees that the arrays cannot overlap from one column to the next.
     */
    private final class Row {
        private final float[] values = new float[columns];
        private final float[] product = new float[columns];

        void add(float[] elements, int at, int row, int column, int count) {
            int end = column + count;
            System.arraycopy(elements, at, values, column, count);
            Arrays.fill(product, column, end, 0);
            int k = 0;
            for (; k + 8 <= rank; k += 8) {
                addEight(row * rank + k, k, column, end);
            }
            for (; k + 4 <= rank; k += 4) {
                addFour(row * rank + k, k, column, end);
            }
            for (; k < rank; k++) {
                addOne(left[row * rank + k], right[k], column, end);
            }
            finish(column, end);
            System.arraycopy(values, column, elements, at, count);
        }

        /** Eight terms at a time, so that the sums are loaded and stored less often. */
        private void addEight(int at, int k, int from, int end) {
            float[] sum = product;
            float first = left[at];
            float second = left[at + 1];
            float third = left[at + 2];
            float fourth = left[at + 3];
            float fifth = left[at + 4];
            float sixth = left[at + 5];
            float seventh = left[at + 6];
            float eighth = left[at + 7];
            float[] row1 = right[k];
            float[] row2 = right[k + 1];
            float[] row3 = right[k + 2];
            float[] row4 = right[k + 3];
            float[] row5 = right[k + 4];
            float[] row6 = right[k + 5];
            float[] row7 = right[k + 6];
            float[] row8 = right[k + 7];
            for (int i = from; i < end; i++) {
                sum[i] = sum[i]
                        + first * row1[i]
                        + second * row2[i]
                        + third * row3[i]
                        + fourth * row4[i]
                        + fifth * row5[i]
                        + sixth * row6[i]
                        + seventh * row7[i]
                        + eighth * row8[i];
            }
        }

        /** What is left of them, by four. */
        private void addFour(int at, int k, int from, int end) {
            float[] sum = product;
            float first = left[at];
            float second = left[at + 1];
            float third = left[at + 2];
            float fourth = left[at + 3];
            float[] row1 = right[k];
            float[] row2 = right[k + 1];
            float[] row3 = right[k + 2];
            float[] row4 = right[k + 3];
            for (int i = from; i < end; i++) {
                sum[i] = sum[i] + first * row1[i] + second * row2[i] + third * row3[i] + fourth * row4[i];
            }
        }

        private void addOne(float factor, float[] row, int from, int end) {
            float[] sum = product;
            for (int i = from; i < end; i++) {
                sum[i] += factor * row[i];
            }
        }

        private void finish(int from, int end) {
            float[] sum = product;
            float[] result = values;
            for (int i = from; i < end; i++) {
                result[i] += scale * sum[i];
            }
        }
    }
}
