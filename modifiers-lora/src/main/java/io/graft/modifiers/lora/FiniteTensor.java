package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
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
 * @param source the adapter
 */
record FiniteTensor(SourceCheckpoint source, TensorEntry entry) implements LazyTensor {
    private static final int AT_ONCE = 1 << 20;

    @Override
    public DType dtype() {
        return entry.dtype();
    }

    @Override
    public Shape shape() {
        return entry.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return source.tensor(entry).provenance();
    }

    @Override
    public Optional<Object> storage() {
        return source.tensor(entry).storage();
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = source.tensor(entry).materialize();
        if (entry.dtype().isFloatingPoint()) {
            requireFinite(data, entry.shape().elementCount());
        }
        return data;
    }

    private void requireFinite(TensorData data, long count) throws IOException {
        ElementBlock block = new ElementBlock(count);
        for (long first = 0; first < count; first += AT_ONCE) {
            int many = (int) Math.min(AT_ONCE, count - first);
            TensorData.Elements values = data.elements(entry.dtype(), first, many, ByteBuffer.allocate(0));
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
                        source.checkpoint().path(),
                        "`" + entry.name() + "` holds " + block.floats()[i] + ", which would spoil the model",
                        "the training went wrong; take an earlier state of the adapter");
            }
        }
    }
}
