package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * NVFP4: 4-bit floating-point numbers in groups of 16 with a scale of E4M3, by which the largest magnitude is the largest number, meant
 * by a scale of the whole weight. That one stays, for another would move every value.
 *
 * @param whole the scale of the weight
 * @param divides whether scales of groups are divided by it, and not multiplied
 */
public record NvidiaFloats(float whole, boolean divides) implements Scheme {
    private static final int GROUP = 16;

    /** Half way from the largest scale to the next one that there would be. */
    private static final float MOST = 464;

    private static final double EXPECTED = .095;

    @Override
    public String id() {
        return "nvfp4";
    }

    @Override
    public String description() {
        return "nvfp4 in groups of " + GROUP;
    }

    @Override
    public Grid grid(Shape weight) {
        return Grid.ofGroups(weight, GROUP, 1);
    }

    @Override
    public double expectedError(Shape weight) {
        return EXPECTED;
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * GROUP;
            float wanted = own(piece.largest(from, from + GROUP) / E2m1.LARGEST);
            if (!(wanted < MOST)) {
                throw piece.refused(
                        from, "in a group of values too large for scales of F8_E4M3 under the one of the weight");
            }
            float own = Float8Type.E4M3.number(Float8Type.E4M3.code(wanted));
            piece.scales()[unit] = divides ? own / whole : own * whole;
        }
    }

    private float own(float scale) {
        return divides ? scale * whole : scale / whole;
    }

    /** The byte of the scale of a group. */
    public byte stored(float scale) {
        return Float8Type.E4M3.code(own(scale));
    }

    @Override
    public void encode(Piece piece, DType result) {
        E2m1.encode(piece, result);
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return E2m1.squaredSteps(piece, unit);
    }
}
