package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * Affine codes of MLX in groups of a row's values, {@code scale * q + bias}: the least or the largest value, whichever has the larger
 * magnitude, is the bias, and zero is a code where the range has it ({@code affine_quantize}). Scale and bias are rounded to the
 * dtype that they have, and codes are the nearest.
 *
 * @param bits of a code
 * @param group values of a group
 * @param parameters the dtype of scale and bias
 */
public record AffineGroups(int bits, int group, DType parameters) implements Scheme {
    /** Nothing is divided by zero. */
    private static final float LEAST_SCALE = 1e-7f;

    @Override
    public String id() {
        return "int" + bits;
    }

    @Override
    public String description() {
        return id() + " of MLX in groups of " + group;
    }

    @Override
    public Grid grid(Shape weight) {
        return new Grid(group, 2);
    }

    @Override
    public double expectedError(Shape weight) {
        ExpectedErrors errors = bits == 2 ? ExpectedErrors.INT2_AFFINE : ExpectedErrors.ofIntegers(bits, false);
        return errors.at(group);
    }

    private int most() {
        return (1 << bits) - 1;
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * group;
            if (!Narrow.holds(parameters, piece.largest(from, from + group))) {
                throw piece.refused(from, "in a group of values too large for scales of " + parameters);
            }
            float low = piece.values()[from];
            float high = low;
            for (int i = from; i < from + group; i++) {
                low = Math.min(low, piece.values()[i]);
                high = Math.max(high, piece.values()[i]);
            }
            scale(low, high, piece.scales(), 2 * unit);
        }
    }

    private void scale(float low, float high, float[] scales, int place) {
        boolean isLow = Math.abs(low) > Math.abs(high);
        float step = Math.max((high - low) / most(), LEAST_SCALE);
        float scale = isLow ? step : -step;
        float edge = isLow ? low : high;
        float zero = (float) Math.rint(edge / scale);
        scales[place] = Narrow.to(parameters, zero == 0 ? scale : edge / zero);
        scales[place + 1] = Narrow.to(parameters, zero == 0 ? 0 : edge);
    }

    @Override
    public void encode(Piece piece, DType result) {
        for (int i = 0; i < piece.count(); i++) {
            int place = 2 * (i / group);
            float scale = piece.scales()[place];
            float bias = piece.scales()[place + 1];
            double code = scale == 0 ? 0 : Math.rint((piece.values()[i] - bias) / scale);
            int cut = (int) Math.max(0, Math.min(most(), code));
            piece.codes()[i] = (byte) cut;
            piece.restored()[i] = Narrow.to(result, cut * scale + bias);
        }
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return piece.squaredScale(unit);
    }
}
