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
 * A small tensor of an adapter. It is read only if all its elements are finite, since one that is not would spread over a weight.
 *
 * @param source the adapter
 */
record Factor(SourceCheckpoint source, TensorEntry entry) implements LazyTensor {
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
        int count = Math.toIntExact(entry.shape().elementCount());
        TensorData.Elements values = data.elements(entry.dtype(), 0, count, ByteBuffer.allocate(0));
        ElementBlock block = new ElementBlock(count);
        for (int done = 0; done < count; ) {
            int next = Math.min(block.capacity(), count - done);
            values.next(block, next);
            requireFinite(block.floats(), next);
            done += next;
        }
        return data;
    }

    private void requireFinite(float[] elements, int count) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(elements[i])) {
                throw new CheckpointException(
                        Reason.UNREADABLE,
                        source.checkpoint().path(),
                        "`" + entry.name() + "` holds " + elements[i] + ", which would spread over the weight",
                        "the training went wrong; take an earlier state of the adapter");
            }
        }
    }
}
