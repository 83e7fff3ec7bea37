package io.graft.checkpoint;

import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One named tensor of a checkpoint, known from the header; its data are lazy. It is a stored tensor, or a logical one that lies in
 * the file as several stored ones.
 *
 * @param name dotted name as the file spells it; text only, never a path
 * @param dtype element type in the file; of a tensor that {@linkplain #refusal cannot be read}, and is of none that Graft knows, U8
 * @param shape dimensions
 * @param range where the stored bytes lie: the tensor itself, or the storage that a strided view looks at; of a logical tensor, its
 *     codes
 * @param data the tensor's bytes, contiguous whatever the layout in the file; of a logical tensor, its values in its dtype
 * @param declared whether it is a parameter or a buffer; empty where the file does not tell, as a bare state dict does not
 * @param encoding the stored tensors that it is; empty if it is one itself
 */
public record TensorEntry(
        String name,
        DType dtype,
        Shape shape,
        ByteRange range,
        TensorData data,
        Optional<DeclaredKind> declared,
        Optional<Encoding> encoding) {
    /** A stored tensor. */
    public TensorEntry(
            String name, DType dtype, Shape shape, ByteRange range, TensorData data, Optional<DeclaredKind> declared) {
        this(name, dtype, shape, range, data, declared, Optional.empty());
    }

    /** A tensor of a file that does not tell its kind. */
    public TensorEntry(String name, DType dtype, Shape shape, ByteRange range, TensorData data) {
        this(name, dtype, shape, range, data, Optional.empty());
    }

    /** A logical tensor. */
    static TensorEntry of(TensorSet set, Map<String, TensorEntry> stored, Path checkpoint) {
        TensorEntry[] parts = new TensorEntry[set.parts().size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = stored.get(set.parts().get(i).name());
        }
        TensorEntry codes = parts[0];
        Encoding encoding = new Encoding(set, List.of(parts), checkpoint);
        TensorData data = new DeferredData(
                set.dtype(),
                set.shape(),
                () -> encoding.value(part -> StoredTensor.of(part, checkpoint.toString()))
                        .materialize());
        return new TensorEntry(
                set.name(), set.dtype(), set.shape(), codes.range, data, codes.declared, Optional.of(encoding));
    }

    /** Where the stored bytes lie, all of them: {@link #range} first, more where they lie in several places. */
    public List<ByteRange> ranges() {
        return data instanceof Scattered scattered ? scattered.ranges() : List.of(range);
    }

    /** Why its values cannot be had, and what to do; empty if they can. */
    public Optional<Refusal> refusal() {
        if (encoding.isPresent()) {
            return encoding.get().set().refusal();
        }
        if (data instanceof BlockData blocks) {
            return Optional.of(blocks.numbers().refusal());
        }
        return data instanceof UnreadableData unreadable ? Optional.of(unreadable.refusal()) : Optional.empty();
    }

    /** What its bytes are blocks of; empty if they are numbers. */
    public Optional<String> blockType() {
        return data instanceof BlockData blocks ? Optional.of(blocks.type()) : Optional.empty();
    }

    /** The bytes as a file of the same format takes them: those of blocks, which {@link #data} does not give. */
    TensorData bytes() {
        return data instanceof BlockData blocks ? blocks.bytes() : data;
    }

    /** The bytes that it takes in the file; with those of its scales and whatever else belongs to it. */
    public long storedBytes() {
        return encoding.map(Encoding::bytes).orElseGet(data::byteCount);
    }

    /**
     * What holds its bytes, the same for two names of one tensor: stored bytes, at least one, read in the same way. Empty for a
     * tensor without elements.
     */
    public Optional<Object> storage() {
        if (encoding.isPresent()) {
            return Optional.of(
                    encoding.get().stored().stream().map(TensorEntry::storage).toList());
        }
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
        return new TensorEntry(other, dtype, shape, range, data, declared, encoding);
    }
}
