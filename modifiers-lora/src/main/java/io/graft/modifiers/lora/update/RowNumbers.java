package io.graft.modifiers.lora.update;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** For each row of a table which row of the table and of what stands after it is taken: its own, or one that replaces it. */
record RowNumbers(long count, List<Long> replaced) implements ComputedTensor {
    static LazyTensor replaced(long count, List<Long> rows) {
        return new RowNumbers(count, rows);
    }

    @Override
    public DType dtype() {
        return DType.I64;
    }

    @Override
    public Shape shape() {
        return Shape.of(count);
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public String operation() {
        return "number rows";
    }

    @Override
    public TensorData materialize() {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(count * Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < count; row++) {
            bytes.putLong(row * Long.BYTES, row);
        }
        for (int i = 0; i < replaced.size(); i++) {
            bytes.putLong(Math.toIntExact(replaced.get(i) * Long.BYTES), count + i);
        }
        return TensorData.of(bytes);
    }
}
