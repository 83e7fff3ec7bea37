package io.graft.tensor.expression.bands.numbers;

import io.graft.tensor.DType;

/** What elements are computed with. */
public enum Kind {
    FLOATS(Float.BYTES),
    DOUBLES(Double.BYTES),
    /** Integers and booleans; U64 as its bits. */
    LONGS(Long.BYTES);

    private final int bytes;

    Kind(int bytes) {
        this.bytes = bytes;
    }

    /** That of a dtype: wide enough for its values. */
    public static Kind of(DType dtype) {
        if (dtype == DType.F64) {
            return DOUBLES;
        }
        return dtype.isFloatingPoint() ? FLOATS : LONGS;
    }

    /** Of one number. */
    public int bytes() {
        return bytes;
    }

    /** What the numbers are for whoever reads and writes them. */
    public DType dtype() {
        return switch (this) {
            case FLOATS -> DType.F32;
            case DOUBLES -> DType.F64;
            case LONGS -> DType.I64;
        };
    }
}
