package io.graft.modifiers.lora;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.ElementBlock;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    private final float[] right;
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
        this.right = right;
        this.columns = columns;
        this.rank = columns == 0 ? 0 : right.length / columns;
        this.scale = scale;
    }

    @Override
    public void write(long first, int count, ByteBuffer target) throws IOException {
        int width = dtype.bits() / Byte.SIZE;
        ByteBuffer window = weight.window(first * width, count * width);
        ElementBlock block = new ElementBlock(dtype, count);
        float[] update = new float[block.capacity()];
        for (long at = first; at < first + count; ) {
            int elements = (int) Math.min(block.capacity(), first + count - at);
            block.read(window, elements);
            add(block.floats(), update, at, elements);
            block.write(dtype, target);
            at += elements;
        }
    }

    private void add(float[] values, float[] update, long first, int elements) {
        for (int done = 0; done < elements; ) {
            int row = (int) ((first + done) / columns);
            int column = (int) ((first + done) % columns);
            int count = Math.min(elements - done, columns - column);
            product(update, row, column, count);
            for (int i = 0; i < count; i++) {
                values[done + i] += scale * update[i];
            }
            done += count;
        }
    }

    /** A stretch of one row of the product; four terms at a time, so that the sums are loaded and stored less often. */
    private void product(float[] update, int row, int column, int count) {
        Arrays.fill(update, 0, count, 0);
        int at = row * rank;
        int k = 0;
        for (; k + 4 <= rank; k += 4) {
            addFour(update, count, at + k, k * columns + column);
        }
        for (; k < rank; k++) {
            float factor = left[at + k];
            int from = k * columns + column;
            for (int i = 0; i < count; i++) {
                update[i] += factor * right[from + i];
            }
        }
    }

    private void addFour(float[] update, int count, int at, int from) {
        float first = left[at];
        float second = left[at + 1];
        float third = left[at + 2];
        float fourth = left[at + 3];
        int from2 = from + columns;
        int from3 = from2 + columns;
        int from4 = from3 + columns;
        for (int i = 0; i < count; i++) {
            update[i] = update[i]
                    + first * right[from + i]
                    + second * right[from2 + i]
                    + third * right[from3 + i]
                    + fourth * right[from4 + i];
        }
    }
}
