package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.Optional;

/**
 * One named tensor of a checkpoint, known from the header; its data are lazy.
 *
 * @param name dotted name as the file spells it; text only, never a path
 * @param dtype element type in the file
 * @param shape dimensions
 * @param range where the stored bytes lie: the tensor itself, or the storage that a strided view looks at
 * @param data the tensor's bytes, contiguous whatever the layout in the file
 * @param declared whether it is a parameter or a buffer; empty where the file does not tell, as a bare state dict does not
 */
public record TensorEntry(
        String name, DType dtype, Shape shape, ByteRange range, TensorData data, Optional<DeclaredKind> declared) {
    /** A tensor of a file that does not tell its kind. */
    public TensorEntry(String name, DType dtype, Shape shape, ByteRange range, TensorData data) {
        this(name, dtype, shape, range, data, Optional.empty());
    }

    /**
     * What holds its bytes, the same for two names of one tensor: stored bytes, at least one, read in the same way. Empty for a
     * tensor without elements.
     */
    public Optional<Object> storage() {
        return range.length() == 0 ? Optional.empty() : Optional.of(new Storage(range, shape, dtype, data));
    }

    /** Whether both names stand for one tensor. */
    public boolean isTiedTo(TensorEntry other) {
        return storage().isPresent() && storage().equals(other.storage());
    }

    /** What is the same; a square matrix and its transposed view have all but their data in common. */
    private record Storage(ByteRange range, Shape shape, DType dtype, TensorData data) {
        /** Spread widely: tensors of one size lie at multiples of a power of two, which in a plain sum share their low bits. */
        @Override
        public int hashCode() {
            return Long.hashCode(range.offset() * 0x9e3779b97f4a7c15L);
        }
    }

    /** The same tensor under another name. */
    public TensorEntry named(String other) {
        return new TensorEntry(other, dtype, shape, range, data, declared);
    }
}
