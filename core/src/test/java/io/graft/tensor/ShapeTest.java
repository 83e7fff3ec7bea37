package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void isWhatItsSizesAre() {
        Shape shape = Shape.of(2, 3, 4);

        assertEquals(3, shape.rank());
        assertEquals(4, shape.dimension(2));
        assertEquals(24, shape.elementCount());
        assertEquals(List.of(2L, 3L, 4L), shape.dimensions());
        assertEquals("[2, 3, 4]", shape.toString());
        assertEquals(new Shape(List.of(2L, 3L, 4L)), shape);
        assertEquals(new Shape(List.of(2L, 3L, 4L)).hashCode(), shape.hashCode());
        assertNotEquals(Shape.of(2, 3), shape);
        assertNotEquals((Object) "[2, 3, 4]", shape);
    }

    @Test
    void isAScalarWithoutSizes() {
        assertEquals(Shape.SCALAR, Shape.of());
        assertEquals(1, Shape.SCALAR.elementCount());
        assertEquals("[]", Shape.SCALAR.toString());
    }

    @Test
    void staysWhateverBecomesOfWhatItWasMadeOf() {
        long[] array = {2, 3};
        List<Long> list = new ArrayList<>(List.of(2L, 3L));
        Shape ofArray = Shape.of(array);
        Shape ofList = new Shape(list);
        array[0] = 9;
        list.set(0, 9L);

        assertEquals(Shape.of(2, 3), ofArray);
        assertEquals(Shape.of(2, 3), ofList);
        assertThrows(
                UnsupportedOperationException.class, () -> ofArray.dimensions().set(0, 9L));
    }

    @Test
    void hasACopyWithAnotherSize() {
        Shape shape = Shape.of(2, 3);

        assertEquals(Shape.of(2, 5), shape.with(1, 5));
        assertEquals(Shape.of(2, 3), shape);
    }

    @Test
    void isOfOneElementInAsManyDimensionsAsAreWanted() {
        assertEquals(Shape.of(1, 1, 1), Shape.ones(3));
        assertEquals(Shape.SCALAR, Shape.ones(0));
    }

    @Test
    void tellsWhereAnElementStands() {
        assertEquals(List.of(1L, 0L, 3L), Shape.of(2, 3, 4).place(15));
        assertEquals(List.of(), Shape.SCALAR.place(0));
    }

    @Test
    void refusesNegativeSizes() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -3));
        assertEquals("a dimension must not be negative: -3", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Shape(List.of(-3L)));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2).with(0, -3));
    }

    @Test
    void refusesToCountMoreThanALong() {
        Shape shape = Shape.of(1L << 32, 1L << 32);

        assertThrows(ArithmeticException.class, shape::elementCount);
    }
}
