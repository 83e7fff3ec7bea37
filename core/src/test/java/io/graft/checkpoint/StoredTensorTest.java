package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
}
