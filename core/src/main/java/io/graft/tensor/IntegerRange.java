package io.graft.tensor;

/**
 * The integers that a type holds. A number beyond them is an error: what it would become has nothing to do with it.
 *
 * @param low the smallest integer
 * @param limit one more than the largest
 */
record IntegerRange(DType to, double low, double limit) {
    private static final double TWO_63 = 0x1p63;

    static IntegerRange of(DType to) {
        boolean signed = isSigned(to);
        double limit = Math.scalb(1.0, signed ? to.bits() - 1 : to.bits());
        return new IntegerRange(to, signed ? -limit : 0, limit);
    }

    /**
     * A floating-point number's bits as an integer: what lies behind the point is dropped.
     *
     * @throws UnfitValueException if the number is NaN or, truncated, beyond the range
     */
    long truncate(double value) throws UnfitValueException {
        double truncated = value < 0 ? Math.ceil(value) : Math.floor(value);
        if (!(truncated < limit && truncated >= low)) {
            throw beyond(Double.toString(value), "floating point");
        }
        return truncated < TWO_63 ? (long) truncated : ((long) (truncated - TWO_63)) ^ Long.MIN_VALUE;
    }

    /**
     * An integer's bits, which stay.
     *
     * @param from what the bits are
     * @throws UnfitValueException if the integer is beyond the range
     */
    long require(long bits, DType from) throws UnfitValueException {
        boolean huge = from == DType.U64 && bits < 0;
        boolean fits;
        if (to == DType.U64) {
            fits = huge || bits >= 0;
        } else if (to == DType.I64) {
            fits = !huge;
        } else {
            fits = !huge && bits >= (long) low && bits < (long) limit;
        }
        if (!fits) {
            throw beyond(huge ? Long.toUnsignedString(bits) : Long.toString(bits), "a wider type");
        }
        return bits;
    }

    private static boolean isSigned(DType type) {
        return switch (type) {
            case I8, I16, I32, I64 -> true;
            default -> false;
        };
    }

    private UnfitValueException beyond(String value, String wider) {
        return new UnfitValueException(value, to, wider);
    }
}
