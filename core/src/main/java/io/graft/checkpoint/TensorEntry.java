package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;

/**
 * One named tensor of a checkpoint, known from the header; its data are lazy.
 *
 * @param name dotted name as the file spells it; text only, never a path
 * @param dtype element type in the file
 * @param shape dimensions
 * @param range where the stored bytes lie: the tensor itself, or the storage that a strided view looks at
 * @param data the tensor's bytes, contiguous whatever the layout in the file
 */
public record TensorEntry(String name, DType dtype, Shape shape, ByteRange range, TensorData data) {
    /** Whether both names stand for one tensor: the same stored bytes, at least one, read in the same way. */
    public boolean isTiedTo(TensorEntry other) {
        // A square matrix and its transposed view have all but their data in common.
        return range.length() > 0
                && range.equals(other.range)
                && dtype == other.dtype
                && shape.equals(other.shape)
                && data.equals(other.data);
    }
}
