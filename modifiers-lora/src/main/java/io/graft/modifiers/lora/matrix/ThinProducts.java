package io.graft.modifiers.lora.matrix;

import io.graft.tensor.ElementRanges;
import java.io.IOException;

/** Sums of the rows of a matrix, some at a time: its transpose times a thin matrix, in 32 bits and on all processors. */
final class ThinProducts {
    /** So many columns of eight rows, and of the sums, are near at hand. */
    private static final int COLUMNS = 256;

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
            for (; i + 8 <= rows.length; i += 8) {
                for (int k = 0; k < sums.length; k++) {
                    addEight(sums[k], factors[k], rows, i, (int) from, (int) end);
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

    /** Eight rows at a time, so that a sum is loaded and stored less often. */
    private static void addEight(float[] sum, float[] factors, float[][] rows, int first, int from, int end) {
        float factor1 = factors[first];
        float factor2 = factors[first + 1];
        float factor3 = factors[first + 2];
        float factor4 = factors[first + 3];
        float factor5 = factors[first + 4];
        float factor6 = factors[first + 5];
        float factor7 = factors[first + 6];
        float factor8 = factors[first + 7];
        float[] row1 = rows[first];
        float[] row2 = rows[first + 1];
        float[] row3 = rows[first + 2];
        float[] row4 = rows[first + 3];
        float[] row5 = rows[first + 4];
        float[] row6 = rows[first + 5];
        float[] row7 = rows[first + 6];
        float[] row8 = rows[first + 7];
        for (int i = from; i < end; i++) {
            sum[i] = sum[i]
                    + factor1 * row1[i]
                    + factor2 * row2[i]
                    + factor3 * row3[i]
                    + factor4 * row4[i]
                    + factor5 * row5[i]
                    + factor6 * row6[i]
                    + factor7 * row7[i]
                    + factor8 * row8[i];
        }
    }

    private static void add(float[] sum, float factor, float[] row, int from, int end) {
        for (int i = from; i < end; i++) {
            sum[i] += factor * row[i];
        }
    }
}
