package io.graft.checkpoint.gguf;

import io.graft.checkpoint.bytes.ByteCursor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Types of the values in a header, in the order of their numbers. */
enum ValueType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    U64(8),
    I64(8),
    F64(8);

    private final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    /** The type of a number in the file; null if there is none. */
    static @Nullable ValueType of(int number) {
        return number >= 0 && number < values().length ? values()[number] : null;
    }

    /** Width of a number; 0 for what has no fixed width. */
    int bytes() {
        return bytes;
    }

    /** Reads a number or boolean as text. */
    String read(ByteCursor in) throws IOException {
        return switch (this) {
            case U8 -> String.valueOf(in.u8());
            case I8 -> String.valueOf((byte) in.u8());
            case U16 -> String.valueOf(in.u16());
            case I16 -> String.valueOf((short) in.u16());
            case U32 -> String.valueOf(in.u32());
            case I32 -> String.valueOf(in.i32());
            case F32 -> String.valueOf(Float.intBitsToFloat(in.i32()));
            case BOOL -> String.valueOf(in.u8() != 0);
            case U64 -> Long.toUnsignedString(in.i64());
            case I64 -> String.valueOf(in.i64());
            case F64 -> String.valueOf(Double.longBitsToDouble(in.i64()));
            case STRING, ARRAY -> throw new IllegalStateException(name());
        };
    }
}
