package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CastTensorTest {
    private static final Shape SHAPE = Shape.of(2, 1);

    private final TensorData data = TensorData.of(ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(1.5f)
            .putFloat(0x1.8p8f + 1)
            .flip());
    private final LazyTensor stored = StoredTensor.of(
            new TensorEntry("w", DType.F32, SHAPE, new ByteRange(Path.of("model.pt"), 0, 8), data), "model.pt");

    @Test
    void itKeepsTheShapeAndRoundsTheValues() throws IOException {
        CastTensor cast = new CastTensor(stored, DType.BF16);
        assertEquals(DType.BF16, cast.dtype());
        assertEquals(SHAPE, cast.shape());
        assertArrayEquals(
                new byte[] {(byte) 0xc0, 0x3f, (byte) 0xc0, 0x43}, Fixtures.bytes(cast.materialize()), "1.5 and 384");
    }
}
