package io.graft.modifiers.quantization.scheme;

import java.util.Arrays;

/**
 * Sums of squares, in 32 bits where these are enough: the compiler has vector instructions for many sums that are added to side by side.
 * Not for use by several threads at once.
 */
final class SquareSums {
    private static final int LANES = 1 << 9;
    private static final double SMALL = 1e-20;

    private final float[] sums = new float[LANES];
    private final float[] some = new float[LANES];
    private final float[] others = new float[LANES];

    /** The squared norm of the first numbers. */
    double of(float[] values, int count) {
        Arrays.fill(sums, 0);
        int whole = count / LANES * LANES;
        for (int from = 0; from < whole; from += LANES) {
            // Copies, for which the compiler knows that they lie beside the sums.
            System.arraycopy(values, from, some, 0, LANES);
            add(some, sums);
        }
        double sum = sumOfLanes() + exact(values, whole, count);
        return isTrusted(sum) ? sum : exact(values, 0, count);
    }

    /** The squared norm of the differences between the first numbers. */
    double ofDifferences(float[] values, float[] restored, int count) {
        Arrays.fill(sums, 0);
        int whole = count / LANES * LANES;
        for (int from = 0; from < whole; from += LANES) {
            System.arraycopy(values, from, some, 0, LANES);
            System.arraycopy(restored, from, others, 0, LANES);
            addDifferences(some, others, sums);
        }
        double sum = sumOfLanes() + exact(values, restored, whole, count);
        return isTrusted(sum) ? sum : exact(values, restored, 0, count);
    }

    private static void add(float[] values, float[] sums) {
        for (int lane = 0; lane < LANES; lane++) {
            sums[lane] += values[lane] * values[lane];
        }
    }

    private static void addDifferences(float[] values, float[] restored, float[] sums) {
        for (int lane = 0; lane < LANES; lane++) {
            float difference = values[lane] - restored[lane];
            sums[lane] += difference * difference;
        }
    }

    private double sumOfLanes() {
        double sum = 0;
        for (float lane : sums) {
            sum += lane;
        }
        return sum;
    }

    /** Whether no square of 32 bits was too large, or so many too small that it shows. */
    private static boolean isTrusted(double sum) {
        return sum <= Float.MAX_VALUE && sum >= SMALL;
    }

    private static double exact(float[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) values[i] * values[i];
        }
        return sum;
    }

    /** The squared norm of the differences between some numbers, in 64 bits. */
    static double exact(float[] values, float[] restored, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            double difference = (double) values[i] - restored[i];
            sum += difference * difference;
        }
        return sum;
    }

    /** The sum of the products of some numbers. */
    static float products(float[] values, float[] others, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += values[i] * others[i];
            b += values[i + 1] * others[i + 1];
            c += values[i + 2] * others[i + 2];
            d += values[i + 3] * others[i + 3];
        }
        for (; i < to; i++) {
            a += values[i] * others[i];
        }
        return a + b + (c + d);
    }
}
