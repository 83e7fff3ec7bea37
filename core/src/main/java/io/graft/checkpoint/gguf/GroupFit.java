package io.graft.checkpoint.gguf;

/**
 * A group of elements as {@code least + scale * code}, where {@code least} is at most zero: of some candidates for the codes that
 * with the least error, each element weighted. The search of llama.cpp ({@code make_qkx2_quants}), in 32 bits and the order of the
 * elements, so that it finds the same to the bit.
 */
final class GroupFit {
    private final Search search;
    private final float[] from;
    private final int at;
    private final float[] weights;
    private final int[] codes;
    private float sumOfWeights;
    private float sumOfValues;
    private float scale;
    private float least;
    private float error;

    /**
     * What is searched for.
     *
     * @param size elements of a group
     * @param largestCode of the codes from 0 on
     * @param shortest by how many codes the first candidate covers the range with fewer
     * @param candidates beyond the plain one, each with a tenth of a code more
     * @param isAbsolute whether errors are magnitudes, weighted by the elements', and not squares, weighted by the elements' magnitude and
     *     the usual one of the group
     */
    record Search(int size, int largestCode, float shortest, int candidates, boolean isAbsolute) {
        static final Search Q2 = new Search(16, 3, -0.5f, 16, true);
        static final Search Q4 = new Search(32, 15, -1, 21, false);
        static final Search Q5 = new Search(32, 31, -0.5f, 16, false);

        /** @param at where the elements begin */
        GroupFit of(float[] from, int at) {
            GroupFit fit = new GroupFit(this, from, at);
            fit.run();
            return fit;
        }
    }

    private GroupFit(Search search, float[] from, int at) {
        this.search = search;
        this.from = from;
        this.at = at;
        this.weights = new float[search.size()];
        this.codes = new int[search.size()];
    }

    float scale() {
        return scale;
    }

    float least() {
        return least;
    }

    private void run() {
        weigh();
        least = from[at];
        float largest = from[at];
        for (int i = 0; i < weights.length; i++) {
            least = Math.min(least, from[at + i]);
            largest = Math.max(largest, from[at + i]);
            sumOfWeights += weights[i];
            sumOfValues += weights[i] * from[at + i];
        }
        least = Math.min(least, 0);
        if (largest == least) {
            return;
        }
        float steps = search.largestCode() / (largest - least);
        scale = 1 / steps;
        encode(steps);
        error = error(scale, least);
        for (int candidate = 0; candidate < search.candidates(); candidate++) {
            // Over the range of the best one before.
            encode((search.shortest() + 0.1f * candidate + search.largestCode()) / (largest - least));
            attempt();
        }
    }

    private void weigh() {
        float usual = 0;
        if (!search.isAbsolute()) {
            float squares = 0;
            for (int i = 0; i < weights.length; i++) {
                squares += from[at + i] * from[at + i];
            }
            usual = (float) Math.sqrt(squares / weights.length);
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] = usual + Math.abs(from[at + i]);
        }
    }

    private void encode(float steps) {
        for (int i = 0; i < codes.length; i++) {
            double code = Math.rint(steps * (from[at + i] - least));
            codes[i] = (int) Math.max(0, Math.min(search.largestCode(), code));
        }
    }

    /** The best scale and offset for the codes, by least squares; taken if their error is less. */
    private void attempt() {
        float sumOfCodes = 0;
        float squares = 0;
        float products = 0;
        for (int i = 0; i < codes.length; i++) {
            float weighted = weights[i] * codes[i];
            sumOfCodes += weighted;
            squares += weighted * codes[i];
            products += weighted * from[at + i];
        }
        float determinant = sumOfWeights * squares - sumOfCodes * sumOfCodes;
        if (!(determinant > 0)) {
            return;
        }
        float bestScale = (sumOfWeights * products - sumOfValues * sumOfCodes) / determinant;
        float bestLeast = (squares * sumOfValues - sumOfCodes * products) / determinant;
        if (bestLeast > 0) {
            bestLeast = 0;
            bestScale = products / squares;
        }
        float found = error(bestScale, bestLeast);
        if (found < error) {
            scale = bestScale;
            least = bestLeast;
            error = found;
        }
    }

    private float error(float by, float plus) {
        float sum = 0;
        for (int i = 0; i < codes.length; i++) {
            float difference = by * codes[i] + plus - from[at + i];
            sum += weights[i] * (search.isAbsolute() ? Math.abs(difference) : difference * difference);
        }
        return sum;
    }
}
