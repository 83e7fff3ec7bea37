package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;

/**
 * One scale for a whole weight.
 *
 * @param scheme one that has a scale for each row, which is larger the larger the largest magnitude is
 * @param multiplied what the scale is rounded to before codes are multiplied by it
 */
public record OneScale(Scheme scheme, DType multiplied) implements Scheme {
    /** Of one that is multiplied as it is stored. */
    public OneScale(Scheme scheme) {
        this(scheme, DType.F32);
    }

    @Override
    public String id() {
        return scheme.id();
    }

    @Override
    public String description() {
        return scheme.id() + " with one scale";
    }

    @Override
    public Grid grid(Shape weight) {
        return scheme.grid(weight);
    }

    @Override
    public double expectedError(Shape weight) {
        return scheme.expectedError(weight);
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        scheme.scale(piece, result);
        for (int unit = 0; unit < piece.units(); unit++) {
            if (piece.largest(unit * piece.unit(), (unit + 1) * piece.unit()) == 0) {
                // What stands for the scale of zeros is of no size.
                piece.scales()[unit] = 0;
            }
        }
    }

    /** {@inheritDoc} The largest, for all rows. */
    @Override
    public float[] restored(float[] scales) {
        float[] largest = new float[scales.length];
        Arrays.fill(largest, Narrow.to(multiplied, largest(scales)));
        return largest;
    }

    /** The one that all rows get; 1 if all of them are zeros. */
    public static float largest(float... scales) {
        float largest = 0;
        for (float scale : scales) {
            largest = Math.max(largest, scale);
        }
        return largest == 0 ? 1 : largest;
    }

    @Override
    public boolean roundsScales() {
        return true;
    }

    @Override
    public boolean sharesScale() {
        return true;
    }

    @Override
    public void encode(Piece piece, DType result) {
        System.arraycopy(piece.restoredScales(), 0, piece.scales(), 0, piece.units());
        scheme.encode(piece, result);
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return scheme.squaredSteps(piece, unit);
    }
}
