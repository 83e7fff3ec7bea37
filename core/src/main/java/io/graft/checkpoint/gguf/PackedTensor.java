package io.graft.checkpoint.gguf;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of blocks that numbers are packed into.
 *
 * @param shape of the bytes
 */
record PackedTensor(BlockType type, Shape shape, LazyTensor values) implements ComputedTensor {
    @Override
    public String operation() {
        return "packed as " + type;
    }

    @Override
    public DType dtype() {
        return DType.U8;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(values);
    }

    @Override
    public Optional<String> blockType() {
        return Optional.of(type.name());
    }

    @Override
    public TensorData materialize() throws IOException {
        return new PackedData(type, values.dtype(), values.shape(), values.materialize());
    }
}
