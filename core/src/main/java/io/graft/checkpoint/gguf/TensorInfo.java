package io.graft.checkpoint.gguf;

import static io.graft.tensor.expression.Expressions.stored;

import io.graft.checkpoint.BlockData;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the header says of one tensor.
 *
 * @param dimensions in elements, outermost first
 * @param offset of its bytes in the file's data
 */
record TensorInfo(String name, GgufType type, List<Long> dimensions, long offset) {
    TensorInfo {
        dimensions = List.copyOf(dimensions);
    }

    /**
     * The tensor as it is stored; blocks are bytes.
     *
     * @param dataStart where the file's data begin
     * @throws CheckpointException if it cannot lie there, or rows are no whole numbers of blocks
     */
    TensorEntry entry(CheckpointFile file, long dataStart, Refusals refusals) {
        long rowElements = dimensions.isEmpty() ? 1 : dimensions.get(dimensions.size() - 1);
        if (rowElements % type.blockElements() != 0) {
            throw refusals.malformed(shown(name) + " has rows of " + rowElements + " elements, but " + type.name()
                    + " packs " + type.blockElements() + " together");
        }
        List<Long> stored = new ArrayList<>(dimensions);
        if (type.isQuantized()) {
            stored.set(stored.size() - 1, rowElements / type.blockElements() * type.blockBytes());
        }
        DType dtype = type.isQuantized() ? DType.U8 : type.dtype();
        Shape shape = new Shape(stored);
        long room = file.size() - dataStart - offset;
        long length;
        try {
            length = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            throw refusals.refused(shown(name) + " has the shape " + shape + ", more than can be addressed");
        }
        if (offset < 0 || room < length) {
            throw refusals.malformed("cut off: " + shown(name) + " takes " + length + " bytes from byte " + offset
                    + " of the data, which have " + Math.max(0, file.size() - dataStart));
        }
        long start = dataStart + offset;
        TensorData data = file.data(start, length);
        if (type.isQuantized()) {
            Refusal unread = unknown().orElseGet(() -> BlockData.refusal(type.name()));
            data = new BlockData(new UnreadableData(file.path(), name, unread, length), type.name(), data);
        }
        return new TensorEntry(name, dtype, shape, new ByteRange(file.path(), start, length), data);
    }

    /**
     * What its blocks mean. The type is in the file, so that no layout has to be found.
     *
     * @param names of all tensors in the file
     */
    TensorSet blocks(CheckpointFile file, TensorEntry entry, Set<String> names) {
        Part part = new Part(entry.name(), entry.dtype(), entry.shape(), entry.data());
        Shape shape = new Shape(dimensions);
        Optional<Refusal> refusal = unknown().or(() -> scaledBeside(names));
        if (refusal.isPresent()) {
            return TensorSet.refused("gguf", type.name(), name, DType.F32, shape, List.of(part), refusal.get());
        }
        TensorData bytes = file.data(entry.range().offset(), entry.range().length());
        return TensorSet.of(
                "gguf",
                type.name(),
                name,
                List.of(part),
                stored(new BlockTensor(file.path(), name, type, shape, bytes)));
    }

    private Optional<Refusal> unknown() {
        return type.code() == null
                ? Optional.of(new Refusal(
                        "is quantized as " + type.name() + ", which Graft does not read", GgufReader.SOURCE))
                : Optional.empty();
    }

    /** A scale beside the blocks, which alone do not say what the tensor is. */
    private Optional<Refusal> scaledBeside(Set<String> names) {
        String scale = name.replaceFirst("(\\.weight)?$", ".scale");
        return type.name().equals("NVFP4") && names.contains(scale)
                ? Optional.of(new Refusal(
                        "is quantized as NVFP4 and has `" + scale + "` beside it, which Graft does not read",
                        GgufReader.SOURCE))
                : Optional.empty();
    }

    /** A tensor in a message. */
    static String shown(String name) {
        return "tensor " + Refusals.quote(name);
    }
}
