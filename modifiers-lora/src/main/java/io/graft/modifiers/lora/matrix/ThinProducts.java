package io.graft.modifiers.lora.matrix;

import io.graft.tensor.ElementRanges;
import java.io.IOException;

/** Sums of the rows of a matrix, some at a time: its transpose times a thin matrix, in 32 bits and on all processors. */
final class ThinProducts {
    /** So many columns of four rows, and of the sums, are near at hand. */
    private static final int COLUMNS = 1024;

    private ThinProducts() {}

    /**
     * Adds up rows.
     *
     * @param rows of one length
     * @param factors {@code factors[k][i]} is how often row {@code i} is in sum {@code k}
     * @return the sums
     */
    static float[][] sums(float[][] rows, float[][] factors) throws IOException {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[][] sums = new float[factors.length][width];
        ElementRanges.forEach(width, COLUMNS, true, (from, end) -> {
            int i = 0;
            for (; i + 4 <= rows.length; i += 4) {
                for (int k = 0; k < sums.length; k++) {
                    addFour(sums[k], factors[k], rows, i, (int) from, (int) end);
                }
            }
            for (; i < rows.length; i++) {
                for (int k = 0; k < sums.length; k++) {
                    add(sums[k], factors[k][i], rows[i], (int) from, (int) end);
                }
            }
        });
        return sums;
    }

    /**
     * Four rows at a time, so that a sum is loaded and stored less often; a loop over more of them is too long for the compiler to make
     * vector instructions of it.
     */
    private static void addFour(float[] sum, float[] factors, float[][] rows, int first, int from, int end) {
        float factor1 = factors[first];
        float factor2 = factors[first + 1];
        float factor3 = factors[first + 2];
        float factor4 = factors[first + 3];
        float[] row1 = rows[first];
        float[] row2 = rows[first + 1];
        float[] row3 = rows[first + 2];
        float[] row4 = rows[first + 3];
        for (int i = from; i < end; i++) {
            sum[i] = sum[i] + factor1 * row1[i] + factor2 * row2[i] + factor3 * row3[i] + factor4 * row4[i];
        }
    }

    private static void add(float[] sum, float factor, float[] row, int from, int end) {
        for (int i = from; i < end; i++) {
            sum[i] += factor * row[i];
        }
    }
}
