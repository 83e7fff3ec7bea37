package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
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

    /** Tensors of one size lie so that plain sums of their places have most bits in common. */
    @Test
    void storagesOfTensorsOfOneSizeAreSpreadInMaps() {
        Set<Integer> buckets = new HashSet<>();
        for (int i = 0; i < 1024; i++) {
            TensorEntry tensor = entry("t" + i, DType.U8, Shape.of(16), 16384L * i, 16);
            int hash = tensor.storage().orElseThrow().hashCode();
            buckets.add((hash ^ hash >>> 16) & 1023);
        }
        assertTrue(buckets.size() > 500, buckets.size() + " of 1024 buckets");
    }

    private static TensorEntry entry(String name, DType dtype, Shape shape, long offset, long length) {
        ByteRange range = new ByteRange(Path.of("m.bin"), offset, length);
        return new TensorEntry(name, dtype, shape, range, TensorData.of(ByteBuffer.allocate((int) length)));
    }
}
