package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ai.djl.ndarray.types.DataType;
import io.graft.config.decoding.Decoders;
import io.graft.config.decoding.ShapeDecoder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import org.junit.jupiter.api.Test;

/** The shapes and element types of both worlds, as options write them. */
class ShapeDecodersTest {
    @Test
    void shapesAreListsOfDimensions() {
        assertEquals(Shape.of(1, 3, 224, 224), value(new ShapeDecoder(), "[1, 3, 224, 224]"));
        assertEquals(Shape.SCALAR, value(new ShapeDecoder(), "[]"));
        assertEquals("out-of-range [1] must be at least 0", problem(new ShapeDecoder(), "[2, -1]"));
        assertEquals("wrong-type  expected a list, found the number 3", problem(new ShapeDecoder(), "3"));
        assertEquals(
                "not-an-integer [0] expected an integer, found the number 2.5", problem(new ShapeDecoder(), "[2.5]"));
    }

    @Test
    void shapesOfTheEngineMayLeaveASizeOpen() {
        assertEquals(new ai.djl.ndarray.types.Shape(-1, 3), value(new EngineShapeDecoder(), "[-1, 3]"));
        assertEquals("out-of-range [0] must be at least -1", problem(new EngineShapeDecoder(), "[-2]"));
    }

    @Test
    void elementTypesAreEnums() {
        assertEquals(DType.F8_E4M3, value(Decoders.enumeration(DType.class), "f8-e4m3"));
        assertEquals(DType.F8_E4M3, value(Decoders.enumeration(DType.class), "F8_E4M3"));
        assertEquals(DType.BF16, value(Decoders.enumeration(DType.class), "BF16"));
        assertEquals(DataType.BFLOAT16, value(Decoders.enumeration(DataType.class), "bfloat16"));
    }

    private static <T> T value(ValueDecoder<T> decoder, String hocon) {
        Bound<T> bound = decoder.decode(ConfigCursor.literal(hocon));
        assertInstanceOf(Bound.Ok.class, bound, () -> bound.problems().toString());
        return ((Bound.Ok<T>) bound).value();
    }

    private static String problem(ValueDecoder<?> decoder, String hocon) {
        Problem problem = decoder.decode(ConfigCursor.literal(hocon)).problems().get(0);
        return problem.code().id() + " " + problem.path() + " " + problem.message();
    }
}
