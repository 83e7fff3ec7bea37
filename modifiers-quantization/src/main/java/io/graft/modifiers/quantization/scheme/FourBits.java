package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;

/**
 * nf4 and fp4 of bitsandbytes: blocks of the flattened weight, whose values are divided by the largest magnitude among them and become
 * the nearest of sixteen numbers. All but the last block are multiplied with its reciprocal instead, as the reference does.
 *
 * @param block values of a block, a power of two from 32 to 4096
 * @param isDouble whether the largest magnitudes are {@linkplain DoubleQuantization stored in 8 bits}
 */
public record FourBits(Nibbles alphabet, int block, boolean isDouble) implements Scheme {
    private static final int SMALLEST_BLOCK = 32;
    private static final int LARGEST_BLOCK = 4096;
    private static final float SMALLEST = 1e-38f;

    /** From one of sixteen numbers between -1 and 1 to the next, in the mean. */
    private static final double STEP = 2.0 / 15;

    /**
     * @throws IllegalArgumentException if bitsandbytes has no such blocks
     */
    public FourBits {
        if (block < SMALLEST_BLOCK || block > LARGEST_BLOCK || Integer.bitCount(block) != 1) {
            throw new IllegalArgumentException(
                    "blocks of " + alphabet.word() + " have 32, 64, 128, ... 4096 values, and not " + block);
        }
    }

    @Override
    public String id() {
        return alphabet.word();
    }

    @Override
    public String description() {
        return id() + " in blocks of " + block + (isDouble ? ", scales in 8 bits" : "");
    }

    @Override
    public Grid grid(Shape weight) {
        return new Grid(block, 1);
    }

    @Override
    public double expectedError(Shape weight) {
        return (alphabet == Nibbles.NF4 ? ExpectedErrors.NF4 : ExpectedErrors.FP4).at(block);
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        float[] scales = piece.scales();
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * block;
            int to = Math.min(piece.count(), from + block);
            float largest = piece.largest(from, to);
            scales[unit] = to - from == block ? largest : Math.max(largest, SMALLEST);
        }
    }

    @Override
    public float[] restored(float[] scales) {
        return isDouble ? DoubleQuantization.of(scales).restored() : scales;
    }

    @Override
    public boolean roundsScales() {
        return isDouble;
    }

    @Override
    public void encode(Piece piece, DType result) {
        int count = piece.count();
        Scratch scratch = piece.scratch();
        divide(piece, scratch.numbers());
        scratch.toBits(scratch.numbers(), count);
        int[] ranks = scratch.integers();
        alphabet.rank(scratch.bits(), ranks, count);
        for (int unit = 0; unit < piece.units(); unit++) {
            float[] meant = alphabet.scaled(piece.restoredScales()[unit], result);
            int to = Math.min(count, unit * block + block);
            for (int i = unit * block; i < to; i++) {
                piece.codes()[i] = alphabet.code(ranks[i]);
                piece.restored()[i] = meant[ranks[i]];
            }
        }
    }

    @Override
    public void cut(Piece piece) {
        Cut.toScales(piece);
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return STEP * STEP * piece.squaredScale(unit);
    }

    /** Brings all values to the range from -1 to 1. */
    private void divide(Piece piece, float[] numbers) {
        float[] values = piece.values();
        int whole = piece.count() / block * block;
        for (int from = 0; from < whole; from += block) {
            Arrays.fill(numbers, from, from + block, 1 / Math.max(piece.scales()[from / block], SMALLEST));
        }
        for (int i = 0; i < whole; i++) {
            numbers[i] *= values[i];
        }
        for (int i = whole; i < piece.count(); i++) {
            numbers[i] = values[i] / Math.max(piece.scales()[whole / block], SMALLEST);
        }
    }
}
