package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A factor of an update, read when it is needed.
 *
 * @param source the adapter; null, like the entry, for the one-element matrix of 1
 * @param transposed whether it is used transposed
 */
record Factor(SourceCheckpoint source, TensorEntry entry, boolean transposed) {
    static final Factor ONE = new Factor(null, null, false);

    /** The tensor that it is read from. */
    Optional<LazyTensor> tensor() {
        return Optional.ofNullable(entry).map(source::tensor);
    }

    /**
     * The elements, row by row.
     *
     * @throws IOException if they cannot be read, or are no finite numbers
     */
    float[] read() throws IOException {
        if (entry == null) {
            return new float[] {1};
        }
        float[] elements = elements();
        for (float element : elements) {
            if (!Float.isFinite(element)) {
                throw new CheckpointException(
                        Reason.UNREADABLE,
                        source.checkpoint().path(),
                        "`" + entry.name() + "` holds " + element + ", which would spread over the weight",
                        "the training went wrong; take an earlier state of the adapter");
            }
        }
        return transposed ? transpose(elements) : elements;
    }

    private float[] elements() throws IOException {
        float[] elements = new float[Math.toIntExact(entry.shape().elementCount())];
        TensorData.Elements values = entry.data().elements(entry.dtype(), 0, elements.length, ByteBuffer.allocate(0));
        ElementBlock block = new ElementBlock(elements.length);
        for (int done = 0; done < elements.length; ) {
            int count = Math.min(block.capacity(), elements.length - done);
            values.next(block, count);
            System.arraycopy(block.floats(), 0, elements, done, count);
            done += count;
        }
        return elements;
    }

    private float[] transpose(float[] elements) {
        int rows = (int) entry.shape().dimension(0);
        int columns = (int) entry.shape().dimension(1);
        float[] result = new float[elements.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[column * rows + row] = elements[row * columns + column];
            }
        }
        return result;
    }
}
