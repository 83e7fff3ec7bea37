package io.graft.checkpoint.gguf;

/**
 * The scale of a group of elements as {@code scale * code}, where codes are on both sides of zero: of those that were tried the one
 * with the least error, each element weighted by its square. The searches of llama.cpp, in 32 bits and the order of the elements, so
 * that they find the same to the bit.
 */
final class SymmetricFit {
    /** Elements of a group. */
    static final int SIZE = 16;

    /** Groups below count as zeros. */
    static final float LEAST = 1e-15f;

    private static final int ROUNDS = 5;

    private final float[] from;
    private final int at;
    private final int middle;
    private final float extreme;
    private final int[] codes = new int[SIZE];
    private float products;
    private float squares;

    private SymmetricFit(float[] from, int at, int middle) {
        this.from = from;
        this.at = at;
        this.middle = middle;
        this.extreme = extreme(from, at, SIZE);
    }

    /** The first of the largest magnitude, with its sign. */
    static float extreme(float[] from, int at, int size) {
        float extreme = from[at];
        for (int i = at + 1; i < at + size; i++) {
            if (Math.abs(from[i]) > Math.abs(extreme)) {
                extreme = from[i];
            }
        }
        return extreme;
    }

    /** Of codes from -32 to 31: of nineteen ranges that the codes cover the best ({@code make_qx_quants}). */
    static float ofRanges(float[] from, int at) {
        SymmetricFit fit = new SymmetricFit(from, at, 32);
        return Math.abs(fit.extreme) < LEAST ? 0 : fit.ranges();
    }

    private float ranges() {
        encode(-middle / extreme);
        float scale = squares == 0 ? 0 : products / squares;
        float best = scale * products;
        for (int tenth = -9; tenth <= 9; tenth++) {
            encode(-(middle + 0.1f * tenth) / extreme);
            if (tenth != 0 && squares > 0 && products * products > best * squares) {
                scale = products / squares;
                best = scale * products;
            }
        }
        return scale;
    }

    /** Of codes from -4 to 3: code by code for a better one, as long as there is any ({@code make_q3_quants}). */
    static float ofCodes(float[] from, int at) {
        SymmetricFit fit = new SymmetricFit(from, at, 4);
        return Math.abs(fit.extreme) < LEAST ? 0 : fit.codes();
    }

    private float codes() {
        encode(-middle / extreme);
        boolean changed = true;
        for (int round = 0; round < ROUNDS && changed; round++) {
            changed = false;
            for (int i = 0; i < SIZE; i++) {
                changed |= improve(i);
            }
        }
        return squares > 0 ? products / squares : 0;
    }

    /** Gives an element the code that fits best with the scale of all others. */
    private boolean improve(int i) {
        float value = from[at + i];
        float weight = value * value;
        float otherProducts = products - weight * value * codes[i];
        if (!(otherProducts > 0)) {
            return false;
        }
        float otherSquares = squares - weight * codes[i] * codes[i];
        int code = code(value * otherSquares / otherProducts);
        if (code == codes[i]) {
            return false;
        }
        otherProducts += weight * value * code;
        otherSquares += weight * code * code;
        if (!(otherSquares > 0) || !(otherProducts * otherProducts * squares > products * products * otherSquares)) {
            return false;
        }
        codes[i] = code;
        products = otherProducts;
        squares = otherSquares;
        return true;
    }

    private void encode(float steps) {
        products = 0;
        squares = 0;
        for (int i = 0; i < SIZE; i++) {
            float value = from[at + i];
            int code = code(steps * value);
            codes[i] = code;
            float weight = value * value;
            products += weight * value * code;
            squares += weight * code * code;
        }
    }

    private int code(float number) {
        return (int) Math.max(-middle, Math.min(middle - 1, Math.rint(number)));
    }
}
