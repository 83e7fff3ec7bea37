package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

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
    private static final int CODES = 16;

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
        float[] numbers = alphabet.numbers();
        float[] meant = new float[CODES];
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * block;
            int to = Math.min(piece.count(), from + block);
            for (int code = 0; code < CODES; code++) {
                meant[code] = Narrow.to(result, numbers[code] * piece.restoredScales()[unit]);
            }
            float divisor = Math.max(piece.scales()[unit], SMALLEST);
            if (to - from == block) {
                multiply(piece, from, to, 1 / divisor, meant);
            } else {
                divide(piece, from, to, divisor, meant);
            }
        }
    }

    private void multiply(Piece piece, int from, int to, float inverse, float[] meant) {
        float[] values = piece.values();
        byte[] codes = piece.codes();
        float[] restored = piece.restored();
        for (int i = from; i < to; i++) {
            byte code = alphabet.code(values[i] * inverse);
            codes[i] = code;
            restored[i] = meant[code];
        }
    }

    private void divide(Piece piece, int from, int to, float divisor, float[] meant) {
        for (int i = from; i < to; i++) {
            byte code = alphabet.code(piece.values()[i] / divisor);
            piece.codes()[i] = code;
            piece.restored()[i] = meant[code];
        }
    }
}
