package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LazyTensorsTest {
    @Test
    void valuesByPlaceAreTheSameFromWhereverTheyAreRead() throws IOException {
        LazyTensor tensor = LazyTensors.generate("ramp", DType.F32, Shape.of(3, 100_000), place -> place / 2.0);
        TensorData data = tensor.materialize();
        assertEquals(1_200_000, data.byteCount());
        ByteBuffer window = data.window(4 * 199_999, 8);
        assertEquals(99_999.5f, window.getFloat());
        assertEquals(100_000f, window.getFloat());
        assertEquals(149_999.5f, data.window(4 * 299_999, 4).getFloat());
        assertEquals(new Provenance.Computed("ramp", List.of()), tensor.provenance());
        assertEquals(Shape.of(3, 100_000), tensor.shape());
    }

    @Test
    void theyAreRoundedToTheDtype() throws IOException {
        ByteBuffer codes = LazyTensors.generate("codes", DType.I8, Shape.of(2), place -> 2.7 - 5 * place)
                .materialize()
                .window(0, 2);
        assertEquals(2, codes.get());
        assertEquals(-2, codes.get());
    }

    @Test
    void thereAreDtypesThatNumbersCannotBeConvertedTo() {
        assertEquals(
                "numbers cannot be converted to C64",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> LazyTensors.generate("x", DType.C64, Shape.of(1), place -> 0))
                        .getMessage());
    }
}
