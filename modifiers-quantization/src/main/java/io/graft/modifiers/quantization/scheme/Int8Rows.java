package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * int8 of bitsandbytes: the values of a row, rounded to half precision, by the largest magnitude among them, which stands for 127.
 */
public record Int8Rows() implements Scheme {
    private static final int LONGEST_ROW = 1 << 26;
    private static final float LARGEST_CODE = 127;
    private static final float ONE_OF_127 = 1f / LARGEST_CODE;

    /** Adding and subtracting it rounds what is smaller by far to a whole number, half to even. */
    private static final float ROUNDING = 0x1.8p23f;

    @Override
    public String id() {
        return "int8";
    }

    @Override
    public String description() {
        return "int8 by rows";
    }

    @Override
    public Grid grid(Shape weight) {
        if (weight.rank() != 2) {
            throw new IllegalArgumentException("has the shape " + weight + ", and int8 is by the rows of a matrix");
        }
        if (weight.dimension(1) > LONGEST_ROW) {
            throw new IllegalArgumentException(
                    "has rows of " + weight.dimension(1) + " values, and int8 takes rows of up to " + LONGEST_ROW);
        }
        return new Grid((int) Math.max(1, weight.dimension(1)), 1);
    }

    @Override
    public double expectedError(Shape weight) {
        return ExpectedErrors.INT8_ROWS.at(weight.dimension(1));
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        int row = (int) piece.shape().dimension(1);
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * row;
            float largest = piece.largest(from, from + row);
            if (largest >= Narrow.NO_HALF) {
                throw tooLarge(piece, from);
            }
            piece.scales()[unit] = Narrow.half(largest);
        }
    }

    private static IOException tooLarge(Piece piece, int from) {
        int at = from;
        while (Math.abs(piece.values()[at]) < Narrow.NO_HALF) {
            at++;
        }
        return piece.refused(at, "which half precision cannot hold, and int8 of bitsandbytes is made of that");
    }

    @Override
    public void encode(Piece piece, DType result) {
        int count = piece.count();
        Scratch scratch = piece.scratch();
        scratch.toBits(piece.values(), count);
        Narrow.toLostHalves(scratch.bits(), count);
        scratch.toNumbers(count);
        int row = (int) piece.shape().dimension(1);
        for (int unit = 0; unit < piece.units(); unit++) {
            float scale = piece.scales()[unit];
            // A row of zeros has a scale of zero, by which nothing can be divided.
            float factor = scale == 0 ? 0 : 1 / scale * LARGEST_CODE;
            round(piece.values(), scratch.numbers(), unit * row, unit * row + row, factor);
            restore(scratch.numbers(), piece.restored(), unit * row, unit * row + row, scale);
        }
        scratch.toBits(scratch.numbers(), count);
        narrow(scratch.bits(), piece.codes(), count);
    }

    /** Puts the code of each value in place of what it loses as a half, and {@link #ROUNDING} more. */
    private static void round(float[] values, float[] lost, int from, int to, float factor) {
        for (int i = from; i < to; i++) {
            lost[i] = (values[i] + lost[i] - lost[i]) * factor + ROUNDING;
        }
    }

    @Override
    public void cut(Piece piece) {
        Cut.toScales(piece);
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return piece.squaredScale(unit) / (LARGEST_CODE * LARGEST_CODE);
    }

    private static void restore(float[] codes, float[] restored, int from, int to, float scale) {
        for (int i = from; i < to; i++) {
            restored[i] = (codes[i] - ROUNDING) * scale * ONE_OF_127;
        }
    }

    /** The lowest bits of a number with {@link #ROUNDING} are a whole number's. */
    private static void narrow(int[] bits, byte[] codes, int count) {
        for (int i = 0; i < count; i++) {
            codes[i] = (byte) bits[i];
        }
    }
}
