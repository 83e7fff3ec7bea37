package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TensorEntryTest {
    private final TensorEntry embedding = entry("embedding", DType.F32, Shape.of(2, 3), 8, 24);

    @Test
    void oneStorageUnderTwoNamesIsTied() {
        assertTrue(embedding.isTiedTo(entry("head", DType.F32, Shape.of(2, 3), 8, 24)));
    }

    @Test
    void otherBytesDtypesAndShapesAreNotTied() {
        assertFalse(embedding.isTiedTo(entry("head", DType.F32, Shape.of(2, 3), 32, 24)));
        assertFalse(embedding.isTiedTo(entry("head", DType.I32, Shape.of(2, 3), 8, 24)));
        assertFalse(embedding.isTiedTo(entry("head", DType.F32, Shape.of(3, 2), 8, 24)));
    }

    @Test
    void emptyTensorsAtOnePlaceAreNotTied() {
        TensorEntry empty = entry("a", DType.F32, Shape.of(0), 8, 0);
        assertFalse(empty.isTiedTo(entry("b", DType.F32, Shape.of(0), 8, 0)));
    }

    private static TensorEntry entry(String name, DType dtype, Shape shape, long offset, long length) {
        ByteRange range = new ByteRange(Path.of("m.bin"), offset, length);
        return new TensorEntry(name, dtype, shape, range, TensorData.of(ByteBuffer.allocate((int) length)));
    }
}
