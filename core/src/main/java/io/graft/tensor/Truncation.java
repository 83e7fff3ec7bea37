package io.graft.tensor;

import java.io.IOException;

/**
 * Floating-point numbers as integers of one type: what lies behind the point is dropped.
 *
 * @param low the smallest integer
 * @param limit one more than the largest
 */
record Truncation(DType to, double low, double limit) {
    private static final double TWO_63 = 0x1p63;

    static Truncation to(DType to) {
        boolean signed = switch (to) {
            case I8, I16, I32, I64 -> true;
            default -> false;
        };
        double limit = Math.scalb(1.0, signed ? to.bits() - 1 : to.bits());
        return new Truncation(to, signed ? -limit : 0, limit);
    }

    /**
     * The integer's bits.
     *
     * @throws IOException if the number is NaN or, truncated, beyond the type's range
     */
    long apply(double value) throws IOException {
        double truncated = value < 0 ? Math.ceil(value) : Math.floor(value);
        if (!(truncated < limit && truncated >= low)) {
            throw new IOException(
                    "the value " + value + " has no " + to + "; convert to floating point, or change the value");
        }
        return truncated < TWO_63 ? (long) truncated : ((long) (truncated - TWO_63)) ^ Long.MIN_VALUE;
    }
}
