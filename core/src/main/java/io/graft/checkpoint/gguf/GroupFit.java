package io.graft.checkpoint.gguf;

/**
 * A group of elements as {@code least + scale * code}, where {@code least} is at most zero: of some candidates for the codes that
 * with the least error, each element weighted by its magnitude and the usual one of the group.
 */
final class GroupFit {
    static final int SIZE = 32;
    static final int LARGEST_CODE = 15;

    /** They stretch the range that the codes cover by up to a fifteenth each way. */
    private static final int CANDIDATES = 21;

    private final float[] from;
    private final int at;
    private final double[] weights = new double[SIZE];
    private final int[] codes = new int[SIZE];
    private double sumOfWeights;
    private double sumOfValues;
    private double scale;
    private double least;
    private double error;

    private GroupFit(float[] from, int at) {
        this.from = from;
        this.at = at;
    }

    /** @param at where the elements begin */
    static GroupFit of(float[] from, int at) {
        GroupFit fit = new GroupFit(from, at);
        fit.search();
        return fit;
    }

    double scale() {
        return scale;
    }

    double least() {
        return least;
    }

    private void search() {
        double squares = 0;
        double largest = from[at];
        for (int i = 0; i < SIZE; i++) {
            double value = from[at + i];
            squares += value * value;
            least = Math.min(least, value);
            largest = Math.max(largest, value);
        }
        double range = largest - least;
        if (range == 0) {
            return;
        }
        double usual = Math.sqrt(squares / SIZE);
        for (int i = 0; i < SIZE; i++) {
            weights[i] = usual + Math.abs(from[at + i]);
            sumOfWeights += weights[i];
            sumOfValues += weights[i] * from[at + i];
        }
        double lowest = least;
        scale = range / LARGEST_CODE;
        encode(LARGEST_CODE / range, lowest);
        error = error(scale, least);
        for (int candidate = 0; candidate < CANDIDATES; candidate++) {
            encode((LARGEST_CODE - 1 + candidate / 10.0) / range, lowest);
            attempt();
        }
    }

    private void encode(double steps, double lowest) {
        for (int i = 0; i < SIZE; i++) {
            codes[i] = (int) Math.max(0, Math.min(LARGEST_CODE, Math.rint(steps * (from[at + i] - lowest))));
        }
    }

    /** The best scale and offset for the codes, by least squares; taken if their error is less. */
    private void attempt() {
        double sumOfCodes = 0;
        double squares = 0;
        double products = 0;
        for (int i = 0; i < SIZE; i++) {
            double weighted = weights[i] * codes[i];
            sumOfCodes += weighted;
            squares += weighted * codes[i];
            products += weighted * from[at + i];
        }
        double determinant = sumOfWeights * squares - sumOfCodes * sumOfCodes;
        if (determinant <= 0) {
            return;
        }
        double bestScale = (sumOfWeights * products - sumOfValues * sumOfCodes) / determinant;
        double bestLeast = (squares * sumOfValues - sumOfCodes * products) / determinant;
        if (bestLeast > 0) {
            bestLeast = 0;
            bestScale = products / squares;
        }
        double found = error(bestScale, bestLeast);
        if (bestScale > 0 && found < error) {
            scale = bestScale;
            least = bestLeast;
            error = found;
        }
    }

    private double error(double by, double plus) {
        double sum = 0;
        for (int i = 0; i < SIZE; i++) {
            double difference = by * codes[i] + plus - from[at + i];
            sum += weights[i] * difference * difference;
        }
        return sum;
    }
}
