package io.graft.tensor;

/** The 8-bit floating-point types, decoded by table. */
enum Float8 {
    E4M3(DType.F8_E4M3, 3, 7),
    E5M2(DType.F8_E5M2, 2, 15),
    E8M0(DType.F8_E8M0, 0, 127),
    E4M3FNUZ(DType.F8_E4M3FNUZ, 3, 8),
    E5M2FNUZ(DType.F8_E5M2FNUZ, 2, 16);

    private final DType dtype;
    private final float[] table = new float[256];

    Float8(DType dtype, int fractionBits, int bias) {
        this.dtype = dtype;
        boolean signed = fractionBits > 0;
        for (int bits = 0; bits < table.length; bits++) {
            int magnitude = signed ? bits & 0x7f : bits;
            int exponent = magnitude >>> fractionBits;
            int fraction = magnitude & ((1 << fractionBits) - 1);
            // A zero exponent marks subnormal numbers, except where there is no fraction.
            boolean normal = exponent > 0 || !signed;
            int significand = normal ? fraction | (1 << fractionBits) : fraction;
            float value = Math.scalb((float) significand, (normal ? exponent : 1) - bias - fractionBits);
            table[bits] = signed && bits > 0x7f ? -value : value;
        }
        special();
    }

    static Float8 of(DType dtype) {
        for (Float8 type : values()) {
            if (type.dtype == dtype) {
                return type;
            }
        }
        throw new IllegalArgumentException(dtype + " is not an 8-bit floating-point type");
    }

    void toFloats(byte[] bits, float[] values, int count) {
        float[] known = table;
        for (int i = 0; i < count; i++) {
            values[i] = known[bits[i] & 0xff];
        }
    }

    private void special() {
        switch (dtype) {
            case F8_E4M3 -> {
                table[0x7f] = Float.NaN;
                table[0xff] = Float.NaN;
            }
            case F8_E5M2 -> {
                for (int sign = 0; sign <= 0x80; sign += 0x80) {
                    table[sign | 0x7c] = sign == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
                    for (int fraction = 1; fraction < 4; fraction++) {
                        table[sign | 0x7c | fraction] = Float.NaN;
                    }
                }
            }
            case F8_E8M0 -> table[0xff] = Float.NaN;
            default -> table[0x80] = Float.NaN;
        }
    }
}
