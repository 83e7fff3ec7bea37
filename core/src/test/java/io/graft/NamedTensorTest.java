package io.graft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NamedTensorTest {
    @Test
    void numbersOfAProgramAreATensor() throws IOException {
        NamedTensor ids = NamedTensor.of("input_ids", Shape.of(1, 3), 101L, 7L, -1L);
        assertEquals(DType.I64, ids.dtype());
        long[] longs = new long[3];
        bytes(ids).asLongBuffer().get(longs);
        assertArrayEquals(new long[] {101, 7, -1}, longs);

        NamedTensor x = NamedTensor.of("x", Shape.of(2), 0.5f, -3f);
        assertEquals(DType.F32, x.dtype());
        float[] floats = new float[2];
        bytes(x).asFloatBuffer().get(floats);
        assertArrayEquals(new float[] {0.5f, -3f}, floats);
    }

    @Test
    void asManyNumbersAsTheShapeHas() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> NamedTensor.of("x", Shape.of(2, 2), 1f, 2f, 3f));
        assertEquals("`x` has the shape [2, 2], and 3 values are given", refused.getMessage());
    }

    private static ByteBuffer bytes(NamedTensor tensor) throws IOException {
        return tensor.data()
                .window(0, (int) tensor.data().byteCount())
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
