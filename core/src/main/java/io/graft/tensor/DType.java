package io.graft.tensor;

/**
 * Element type of a tensor, named as in the safetensors format, plus the PyTorch types that the format lacks.
 *
 * <p>Every type has a fixed width in bits; sub-byte types ({@link #F4}, {@link #F6_E2M3}, {@link #F6_E3M2}) are packed.
 */
public enum DType {
    BOOL(8, Kind.BOOLEAN),
    U8(8, Kind.INTEGER),
    I8(8, Kind.INTEGER),
    I16(16, Kind.INTEGER),
    U16(16, Kind.INTEGER),
    I32(32, Kind.INTEGER),
    U32(32, Kind.INTEGER),
    I64(64, Kind.INTEGER),
    U64(64, Kind.INTEGER),
    F4(4, Kind.FLOAT),
    F6_E2M3(6, Kind.FLOAT),
    F6_E3M2(6, Kind.FLOAT),
    F8_E4M3(8, Kind.FLOAT),
    F8_E5M2(8, Kind.FLOAT),
    F8_E8M0(8, Kind.FLOAT),
    F8_E4M3FNUZ(8, Kind.FLOAT),
    F8_E5M2FNUZ(8, Kind.FLOAT),
    F16(16, Kind.FLOAT),
    BF16(16, Kind.FLOAT),
    F32(32, Kind.FLOAT),
    F64(64, Kind.FLOAT),
    C32(32, Kind.COMPLEX),
    C64(64, Kind.COMPLEX),
    C128(128, Kind.COMPLEX);

    private enum Kind {
        BOOLEAN,
        INTEGER,
        FLOAT,
        COMPLEX
    }

    private final int bits;
    private final Kind kind;

    DType(int bits, Kind kind) {
        this.bits = bits;
        this.kind = kind;
    }

    /** Width of one element in bits. */
    public int bits() {
        return bits;
    }

    /** Whether elements are real floating-point numbers, as PyTorch's {@code torch.dtype.is_floating_point}. */
    public boolean isFloatingPoint() {
        return kind == Kind.FLOAT;
    }

    /** Whether elements are complex numbers. */
    public boolean isComplex() {
        return kind == Kind.COMPLEX;
    }

    /**
     * Bytes that a contiguous tensor of this type and the given shape takes.
     *
     * @throws ArithmeticException if the count exceeds a {@code long}, or if packed elements do not fill whole bytes
     */
    public long byteCount(Shape shape) {
        long total = Math.multiplyExact(shape.elementCount(), (long) bits);
        if (total % 8 != 0) {
            throw new ArithmeticException(shape + " of " + this + " does not fill whole bytes");
        }
        return total / 8;
    }
}
