package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;

/**
 * Integers with a scale and a zero point for some rows of a column: what GPTQ and AWQ have of a transposed weight, whose rows are its
 * inputs. Codes are from 0 on, and the nearest; scales are of half precision.
 *
 * @param bits of a code, 2, 3, 4 or 8
 * @param rows that share a scale; the last ones may be fewer
 * @param isSymmetric whether the middle of all codes stands for zero
 */
public record IntegerBands(int bits, int rows, boolean isSymmetric) implements Scheme {
    private static final int LARGEST_BAND = 1 << 26;
    private static final DType SCALES = DType.F16;

    @Override
    public String id() {
        return "int" + bits;
    }

    @Override
    public String description() {
        return id() + " in groups of " + rows + (isSymmetric ? "" : ", with zero points");
    }

    @Override
    public Grid grid(Shape weight) {
        long columns = Math.max(1, weight.dimension(1));
        if (columns > LARGEST_BAND / rows) {
            throw new IllegalArgumentException("has groups of " + rows + " times " + columns + " values, and "
                    + description() + " takes up to " + LARGEST_BAND + " together");
        }
        return new Grid(Math.toIntExact(rows * columns), Math.toIntExact(2 * columns));
    }

    @Override
    public double expectedError(Shape weight) {
        return ExpectedErrors.ofIntegers(bits, isSymmetric).at(rows);
    }

    private int most() {
        return (1 << bits) - 1;
    }

    private static int columns(Piece piece) {
        return (int) Math.max(1, piece.shape().dimension(1));
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        int columns = columns(piece);
        float[] low = new float[columns];
        float[] high = new float[columns];
        for (int unit = 0; unit < piece.units(); unit++) {
            Arrays.fill(low, 0);
            Arrays.fill(high, 0);
            int from = unit * piece.unit();
            int to = Math.min(piece.count(), from + piece.unit());
            float largest = piece.largest(from, to);
            if (!Narrow.holds(SCALES, 2 * largest)) {
                throw piece.refused(from, "in a group whose range is too large for scales of " + SCALES);
            }
            for (int i = from; i < to; i++) {
                int column = i % columns;
                low[column] = Math.min(low[column], piece.values()[i]);
                high[column] = Math.max(high[column], piece.values()[i]);
            }
            for (int column = 0; column < columns; column++) {
                put(piece.scales(), 2 * (unit * columns + column), low[column], high[column]);
            }
        }
    }

    private void put(float[] scales, int place, float low, float high) {
        float range = isSymmetric ? 2 * Math.max(-low, high) : high - low;
        float scale = Narrow.half(range / most());
        scales[place] = scale == 0 ? Narrow.spacing(SCALES) : scale;
        double zero = isSymmetric ? 1 << (bits - 1) : Math.rint(-low / scales[place]);
        scales[place + 1] = (float) Math.max(0, Math.min(most(), zero));
    }

    @Override
    public void encode(Piece piece, DType result) {
        int columns = columns(piece);
        float[] scales = piece.scales();
        for (int i = 0; i < piece.count(); i++) {
            int place = 2 * (i / piece.unit() * columns + i % columns);
            double code = Math.rint(piece.values()[i] / scales[place] + scales[place + 1]);
            float cut = (float) Math.max(0, Math.min(most(), code));
            piece.codes()[i] = (byte) (int) cut;
            piece.restored()[i] = Narrow.to(result, (cut - scales[place + 1]) * scales[place]);
        }
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        int columns = columns(piece);
        int from = unit * piece.unit();
        int to = Math.min(piece.count(), from + piece.unit());
        int each = (to - from) / columns;
        double sum = 0;
        for (int column = 0; column < columns; column++) {
            double scale = piece.scales()[2 * (unit * columns + column)];
            sum += scale * scale * each;
        }
        return sum;
    }
}
