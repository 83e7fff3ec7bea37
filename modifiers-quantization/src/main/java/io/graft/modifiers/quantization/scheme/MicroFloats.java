package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * MXFP4: 4-bit floating-point numbers in groups of 32 that share a power of two, with which the largest magnitude gets the exponent of
 * the largest number, as the specification of OCP's microscaling formats has it. What is beyond that number becomes it.
 */
public record MicroFloats() implements Scheme {
    private static final int GROUP = 32;

    /** Of what is stored as a byte with a bias of 127. */
    private static final int LEAST_EXPONENT = -127;

    private static final double EXPECTED = .115;

    @Override
    public String id() {
        return "mxfp4";
    }

    @Override
    public String description() {
        return "mxfp4 in groups of " + GROUP;
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
            float largest = piece.largest(unit * GROUP, (unit + 1) * GROUP);
            int exponent = Math.getExponent(largest) - E2m1.LARGEST_EXPONENT;
            piece.scales()[unit] = Math.scalb(1f, Math.max(LEAST_EXPONENT, exponent));
        }
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
