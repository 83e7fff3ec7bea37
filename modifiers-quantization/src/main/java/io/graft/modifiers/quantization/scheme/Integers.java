package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * Integers of compressed-tensors, in groups of a row's values or by rows. Scales are rounded to the dtype that the result has; values and
 * quotients as well, as the reference does, or not, so that codes are the nearest. Symmetric: the largest magnitude stands for half of all codes, {@code 7.5} of 4 bits. Else the
 * range of the values and zero stands for all codes, and a unit has its scale and then its zero point.
 *
 * @param bits of a code, 4 or 8
 * @param group values of a group; 0 for a row
 * @param isSymmetric whether there are no zero points
 * @param isNearest whether values and quotients are not rounded
 */
public record Integers(int bits, int group, boolean isSymmetric, boolean isNearest) implements Scheme {
    private static final int LONGEST_ROW = 1 << 26;

    /** With the arithmetic of the reference. */
    public Integers(int bits, int group, boolean isSymmetric) {
        this(bits, group, isSymmetric, false);
    }

    /** The same with the nearest codes. Of values that lie in codes these are the codes, which rounded quotients may miss. */
    public Integers nearest() {
        return new Integers(bits, group, isSymmetric, true);
    }

    @Override
    public String id() {
        return "int" + bits;
    }

    @Override
    public String description() {
        return id() + (group == 0 ? " by rows" : " in groups of " + group) + (isSymmetric ? "" : ", with zero points");
    }

    @Override
    public Grid grid(Shape weight) {
        if (weight.rank() != 2) {
            throw new IllegalArgumentException("has the shape " + weight + ", and " + id() + " is of matrices");
        }
        long columns = weight.dimension(1);
        if (columns > LONGEST_ROW) {
            throw new IllegalArgumentException(
                    "has rows of " + columns + " values, and " + id() + " takes rows of up to " + LONGEST_ROW);
        }
        int scales = isSymmetric ? 1 : 2;
        return group == 0 ? new Grid((int) Math.max(1, columns), scales) : Grid.ofGroups(weight, group, scales);
    }

    @Override
    public double expectedError(Shape weight) {
        return ExpectedErrors.ofIntegers(bits, isSymmetric).at(group == 0 ? weight.dimension(1) : group);
    }

    /** The least code; codes are signed. */
    public int least() {
        return -(1 << (bits - 1));
    }

    private int all() {
        return (1 << bits) - 1;
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * piece.unit();
            int to = from + piece.unit();
            float largest = piece.largest(from, to);
            if (!Narrow.holds(result, largest)) {
                throw tooLarge(piece, from, largest, result);
            }
            if (isSymmetric) {
                piece.scales()[unit] = orSpacing(Narrow.to(result, Narrow.to(result, largest) / (all() / 2f)), result);
            } else {
                range(piece, unit, result);
            }
        }
    }

    private void range(Piece piece, int unit, DType result) throws IOException {
        int from = unit * piece.unit();
        float low = 0;
        float high = 0;
        for (int i = from; i < from + piece.unit(); i++) {
            low = Math.min(low, piece.values()[i]);
            high = Math.max(high, piece.values()[i]);
        }
        low = Narrow.to(result, low);
        high = Narrow.to(result, high);
        float range = high - low;
        if (!Narrow.holds(result, range)) {
            throw piece.refused(from, "in a group whose range " + range + " is too large for scales of " + result);
        }
        float scale = Narrow.to(result, Narrow.to(result, range) / all());
        float zero = scale == 0 ? 0 : Narrow.to(result, least() - Narrow.to(result, low / scale));
        piece.scales()[2 * unit] = orSpacing(scale, result);
        piece.scales()[2 * unit + 1] = (float) Math.rint(Math.max(least(), Math.min(-1 - least(), zero)));
    }

    private static IOException tooLarge(Piece piece, int from, float largest, DType result) {
        int at = from;
        while (Math.abs(piece.values()[at]) != largest) {
            at++;
        }
        return piece.refused(at, "which is too large for values of " + result);
    }

    /** Nothing is divided by zero. */
    private static float orSpacing(float scale, DType result) {
        return scale == 0 ? Narrow.spacing(result) : scale;
    }

    @Override
    public void encode(Piece piece, DType result) {
        int scales = isSymmetric ? 1 : 2;
        for (int unit = 0; unit < piece.units(); unit++) {
            float zero = isSymmetric ? 0 : piece.scales()[2 * unit + 1];
            encode(piece, unit * piece.unit(), piece.scales()[scales * unit], zero, result);
        }
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return piece.squaredScale(unit);
    }

    private void encode(Piece piece, int from, float scale, float zero, DType result) {
        float[] values = piece.values();
        byte[] codes = piece.codes();
        float[] restored = piece.restored();
        float least = least();
        float most = -1 - least;
        DType rounding = isNearest ? DType.F32 : result;
        for (int i = from; i < from + piece.unit(); i++) {
            float quotient = Narrow.to(rounding, Narrow.to(rounding, values[i]) / scale);
            float moved = isSymmetric ? quotient : Narrow.to(rounding, quotient + zero);
            float code = (float) Math.rint(Math.max(least, Math.min(most, moved)));
            codes[i] = (byte) (int) code;
            restored[i] = Narrow.to(result, (code - zero) * scale);
        }
    }
}
