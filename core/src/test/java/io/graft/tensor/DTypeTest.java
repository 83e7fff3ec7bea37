package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
    @ParameterizedTest
    @EnumSource
    void narrowFloatingPointIsComputedWithInThirtyTwoBits(DType dtype) {
        boolean narrow = dtype.name().matches("F4|F6_.*|F8_.*|F16|BF16");
        assertEquals(narrow ? DType.F32 : dtype, dtype.computing());
    }

    @ParameterizedTest
    @CsvSource({"F32, 24", "BF16, 12", "F4, 3", "C128, 96", "BOOL, 6"})
    void aTensorTakesTheBytesOfItsElements(DType dtype, long bytes) {
        assertEquals(bytes, dtype.byteCount(Shape.of(2, 3)));
    }

    @Test
    void packedElementsHaveToFillWholeBytes() {
        assertEquals(
                "[3] of F4 does not fill whole bytes",
                assertThrows(ArithmeticException.class, () -> DType.F4.byteCount(Shape.of(3)))
                        .getMessage());
    }

    @Test
    void aShapeKnowsItsDimensions() {
        Shape shape = Shape.of(3, 0, 4);
        assertEquals(List.of(3L, 0L, 4L), shape.dimensions());
        assertEquals(3, shape.rank());
        assertEquals(4, shape.dimension(2));
        assertEquals(0, shape.elementCount());
        assertEquals("[3, 0, 4]", shape.toString());
        assertEquals("[]", Shape.SCALAR.toString());
        assertEquals(1, Shape.SCALAR.elementCount());
    }

    @Test
    void aShapeHasNoNegativeDimension() {
        assertEquals(
                "a dimension must not be negative: -1",
                assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1))
                        .getMessage());
    }
}
