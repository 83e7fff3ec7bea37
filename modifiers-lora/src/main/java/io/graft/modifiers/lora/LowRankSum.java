package io.graft.modifiers.lora;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Elements of {@code W + scale · (left · right)}. Products are added in the order of the rank, and the sum to the weight, all in
 * 32 bits; then comes the one rounding to the weight's dtype. An element depends on its place only, so that the same bytes come
 * out however the work is divided.
 */
final class LowRankSum implements TensorData.Elements {
    private final TensorData weight;
    private final DType dtype;
    private final float[] left;
    private final float[][] right;
    private final int columns;
    private final int rank;
    private final float scale;

    /**
     * @param left {@code [rows, rank]}
     * @param right {@code [rank, columns]}
     */
    LowRankSum(TensorData weight, DType dtype, float[] left, float[] right, int columns, float scale) {
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
    public void write(long first, int count, ByteBuffer target) throws IOException {
        int width = dtype.bits() / Byte.SIZE;
        // Where the sums go, so that they need no other memory.
        ByteBuffer weights = target.slice(target.position(), count * width).order(ByteOrder.LITTLE_ENDIAN);
        weight.read(first * width, weights);
        weights.flip();
        ElementBlock block = new ElementBlock(dtype, count);
        Row row = new Row();
        for (long at = first; at < first + count; ) {
            int elements = (int) Math.min(block.capacity(), first + count - at);
            block.read(weights, elements);
            add(block.floats(), at, elements, row);
            block.write(dtype, target);
            at += elements;
        }
    }

    private void add(float[] values, long first, int elements, Row row) {
        for (int done = 0; done < elements; ) {
            int column = (int) ((first + done) % columns);
            int count = Math.min(elements - done, columns - column);
            row.add(values, done, (int) ((first + done) / columns), column, count);
            done += count;
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
