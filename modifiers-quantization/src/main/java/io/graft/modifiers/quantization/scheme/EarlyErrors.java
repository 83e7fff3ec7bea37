package io.graft.modifiers.quantization.scheme;

import java.util.BitSet;

/**
 * The errors of pieces that were encoded before it was known what their scales give again. A scale {@code s} that becomes {@code t * s} has
 * codes stand for {@code t * r} in place of {@code r}, so that of values {@code x} the squared error becomes
 * {@code ‖x − r‖² + 2(1 − t) x·r + (t² − 1) ‖r‖²}; that is exact but for the rounding of {@code t * r}.
 */
final class EarlyErrors {
    private final double[] errors;
    private final int unitsOfPiece;
    private final BitSet early = new BitSet();
    private float[] products;
    private float[] powers;

    /**
     * @param errors the squared ones of the pieces, which are corrected
     * @param units of the weight; 0 if scales give themselves again, and nothing is corrected
     * @param unitsOfPiece of all pieces but the last
     */
    EarlyErrors(double[] errors, int units, int unitsOfPiece) {
        this.errors = errors;
        this.unitsOfPiece = unitsOfPiece;
        this.products = new float[units];
        this.powers = new float[units];
    }

    /** Takes a piece as its own scales have it. */
    void add(Piece piece, int index, double error) {
        errors[index] = error;
        if (products.length > 0) {
            piece.giveProducts(products, powers);
            early.set(index);
        }
    }

    /**
     * Corrects the errors of all pieces that there were.
     *
     * @param own the scales, one a unit
     * @param restored what they give again
     */
    void correct(float[] own, float[] restored) {
        for (int piece = early.nextSetBit(0); piece >= 0; piece = early.nextSetBit(piece + 1)) {
            int end = Math.min(own.length, (piece + 1) * unitsOfPiece);
            double error = errors[piece];
            for (int unit = piece * unitsOfPiece; unit < end; unit++) {
                double times = own[unit] == 0 ? 1 : (double) restored[unit] / own[unit];
                error += 2 * (1 - times) * products[unit] + (times * times - 1) * powers[unit];
            }
            errors[piece] = Math.max(0, error);
        }
        products = new float[0];
        powers = new float[0];
        early.clear();
    }
}
