package io.graft.modifiers.lora;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A factor of an update, read when it is needed.
 *
 * @param entry null for the one-element matrix of 1
 * @param turned whether it is used transposed
 */
record Factor(TensorEntry entry, boolean turned) {
    static final Factor ONE = new Factor(null, false);

    /** The elements, row by row. */
    float[] read() throws IOException {
        if (entry == null) {
            return new float[] {1};
        }
        float[] elements = elements();
        return turned ? turn(elements) : elements;
    }

    private float[] elements() throws IOException {
        DType dtype = entry.dtype();
        float[] elements = new float[Math.toIntExact(entry.shape().elementCount())];
        ElementBlock block = new ElementBlock(dtype, elements.length);
        for (int done = 0; done < elements.length; ) {
            int count = Math.min(block.capacity(), elements.length - done);
            ByteBuffer window =
                    entry.data().window((long) done * dtype.bits() / Byte.SIZE, count * dtype.bits() / Byte.SIZE);
            block.read(window, count);
            System.arraycopy(block.floats(), 0, elements, done, count);
            done += count;
        }
        return elements;
    }

    private float[] turn(float[] elements) {
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
