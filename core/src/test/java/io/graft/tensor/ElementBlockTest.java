package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElementBlockTest {
    /** As arithmetic takes them: in 32 bits, and what it puts there is what is written. */
    @ParameterizedTest
    @CsvSource({
        "F64, 0.1, 0.1",
        "I64, 16777217, 16777216",
        "U64, -1, 18446744073709551616",
        "U8, 255, 255",
        "BOOL, 1, 1",
        "F32, -2.5, -2.5"
    })
    void floatsMayBeChangedInPlace(DType dtype, double value, float expected) throws IOException {
        ElementBlock block = new ElementBlock(2);
        block.read(dtype, Values.of(dtype, value, 1).window(0, 2 * dtype.bits() / Byte.SIZE), 2);
        float[] floats = block.floats();
        assertEquals(expected, floats[0]);
        floats[1] = 0.3f;
        ByteBuffer written = ByteBuffer.allocate(2 * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.write(DType.F64, written);
        assertEquals(expected, written.getDouble(0));
        assertEquals(0.3f, written.getDouble(8));
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "I64", "F16", "BF16", "F32", "F64"})
    void everyElementOfALargeTensorIsWrittenAtItsPlace(DType to) throws IOException {
        int count = 20_000;
        for (DType from : new DType[] {DType.U8, DType.F64}) {
            ByteBuffer converted = new DTypeConversion(Values.of(from, count, i -> i % 101), from, to)
                    .window(0, count * to.bits() / Byte.SIZE);
            for (int i = 0; i < count; i++) {
                double expected = to == DType.BOOL ? Math.min(1, i % 101) : i % 101;
                assertEquals(expected, Values.next(to, converted), from + " element " + i);
            }
        }
    }
}
