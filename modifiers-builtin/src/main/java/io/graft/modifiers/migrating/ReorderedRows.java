package io.graft.modifiers.migrating;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The rows of a tensor in another order, bit for bit.
 *
 * @param order for each row the one that it was
 */
record ReorderedRows(LazyTensor tensor, List<Integer> order) implements ComputedTensor {
    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public String operation() {
        return "rows in another order";
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(tensor);
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = tensor.materialize();
        int bytes = Math.toIntExact(data.byteCount());
        int row = bytes / order.size();
        ByteBuffer rows = ByteBuffer.allocate(bytes);
        for (int from : order) {
            rows.put(data.window((long) from * row, row));
        }
        return TensorData.of(rows.flip());
    }
}
