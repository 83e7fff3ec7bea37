package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;

/** What elements are computed with. */
enum Kind {
    FLOATS(Float.BYTES),
    DOUBLES(Double.BYTES),
    /** Integers and booleans; U64 as its bits. */
    LONGS(Long.BYTES);

    private final int bytes;

    Kind(int bytes) {
        this.bytes = bytes;
    }

    static Kind of(DType dtype) {
        if (dtype == DType.F64) {
            return DOUBLES;
        }
        return dtype.isFloatingPoint() ? FLOATS : LONGS;
    }

    int bytes() {
        return bytes;
    }

    /** What the numbers are for whoever reads and writes them. */
    DType dtype() {
        return switch (this) {
            case FLOATS -> DType.F32;
            case DOUBLES -> DType.F64;
            case LONGS -> DType.I64;
        };
    }
}
