package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
    @Test
    void itIsWhatItsEntrySays() throws IOException {
        TensorData data = TensorData.of(ByteBuffer.allocate(8));
        Shape shape = Shape.of(2, 1);
        LazyTensor stored = StoredTensor.of(
                new TensorEntry("w", DType.F32, shape, new ByteRange(Path.of("model.pt"), 0, 8), data), "model.pt");
        assertEquals(DType.F32, stored.dtype());
        assertEquals(shape, stored.shape());
        assertEquals(new Provenance.Stored("model.pt", "w"), stored.provenance());
        assertSame(data, stored.materialize());
    }

    @Test
    void itStartsFromNothingElseAndIsKnownByWhereItLies() {
        TensorData data = TensorData.of(ByteBuffer.allocate(8));
        LazyTensor stored = stored("w", 8, data);
        assertEquals(List.of(), stored.inputs());
        assertTrue(stored.storage().isPresent());
        assertEquals(stored.storage(), stored("tied", 8, data).storage());
        assertNotEquals(
                stored.storage(),
                stored("other", 8, TensorData.of(ByteBuffer.allocate(8).put(0, (byte) 1)))
                        .storage());
        assertEquals(Optional.empty(), stored("empty", 0, data).storage());
    }

    private static LazyTensor stored(String name, int bytes, TensorData data) {
        ByteRange range = new ByteRange(Path.of("model.pt"), 0, bytes);
        return StoredTensor.of(new TensorEntry(name, DType.F32, Shape.of(bytes / 4), range, data), "model.pt");
    }
}
