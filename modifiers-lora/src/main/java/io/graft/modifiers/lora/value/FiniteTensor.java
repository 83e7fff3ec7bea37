package io.graft.modifiers.lora.value;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of an adapter. It is read only if all its elements are finite, since one that is not would spread over a weight.
 *
 * @param source the adapter's file
 */
public record FiniteTensor(AdapterSource source, AdapterTensor tensor) implements LazyTensor {
    private static final int AT_ONCE = 1 << 20;

    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return tensor.value().inputs();
    }

    @Override
    public Provenance provenance() {
        return tensor.value().provenance();
    }

    @Override
    public Optional<Object> storage() {
        return tensor.value().storage();
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = tensor.value().materialize();
        if (tensor.dtype().isFloatingPoint()) {
            requireFinite(data, tensor.shape().elementCount());
        }
        return data;
    }

    private void requireFinite(TensorData data, long count) throws IOException {
        ElementBlock block = new ElementBlock(count);
        for (long first = 0; first < count; first += AT_ONCE) {
            int many = (int) Math.min(AT_ONCE, count - first);
            TensorData.Elements values = data.elements(tensor.dtype(), first, many, ByteBuffer.allocate(0));
            for (int done = 0; done < many; ) {
                int next = Math.min(block.capacity(), many - done);
                values.next(block, next);
                requireFinite(block, next);
                done += next;
            }
        }
    }

    private void requireFinite(ElementBlock block, int count) {
        for (int i = 0; i < count; i++) {
            if (!block.isFinite(i)) {
                throw new CheckpointException(
                        Reason.UNREADABLE,
                        source.location(),
                        "`" + tensor.key() + "` holds " + block.floats()[i] + ", which would spoil the model",
                        "the training went wrong; take an earlier state of the adapter",
                        null);
            }
        }
    }
}
