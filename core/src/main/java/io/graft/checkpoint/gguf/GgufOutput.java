package io.graft.checkpoint.gguf;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** One file as it will be. */
final class GgufOutput {
    private static final int QUANTIZATION_VERSION = 2;

    private final String name;
    private final List<OutputTensor> tensors;
    private final List<Long> offsets = new ArrayList<>();
    private final int alignment;
    private final byte[] header;

    private GgufOutput(String name, OutputStateDict stateDict, GgufBytes start, int alignment) {
        this.name = name;
        this.tensors = stateDict.tensors();
        this.alignment = alignment;
        this.header = header(start);
    }

    /** With what is said of the tensors alone. */
    static GgufOutput of(String name, OutputStateDict stateDict, String architecture) {
        return new GgufOutput(name, stateDict, start(stateDict, architecture), GgufReader.DEFAULT_ALIGNMENT);
    }

    /** With all that another file of such tensors says. */
    static GgufOutput of(String name, OutputStateDict stateDict, GgufPairs pairs) throws IOException {
        GgufBytes start = new GgufBytes()
                .ascii(GgufFormat.MAGIC)
                .u32(pairs.version())
                .u64(stateDict.tensors().size())
                .u64(pairs.count())
                .raw(pairs.all());
        return new GgufOutput(name, stateDict, start, pairs.alignment());
    }

    private static GgufType type(OutputTensor tensor) {
        return Objects.requireNonNull(
                GgufType.of(tensor.blockType().orElse(tensor.dtype().name())));
    }

    private static long bytes(OutputTensor tensor) {
        return tensor.dtype().byteCount(tensor.shape());
    }

    private static GgufBytes start(OutputStateDict stateDict, String architecture) {
        TreeMap<String, String> texts = new TreeMap<>(stateDict.metadata());
        texts.keySet().removeIf(key -> !GgufWriter.isText(key));
        List<OutputTensor> tensors = stateDict.tensors();
        boolean quantized = tensors.stream().map(GgufOutput::type).anyMatch(GgufType::isQuantized);
        GgufBytes out = new GgufBytes();
        out.ascii(GgufFormat.MAGIC).u32(3).u64(tensors.size()).u64(1 + texts.size() + (quantized ? 1 : 0));
        out.text("general.architecture", architecture);
        texts.forEach(out::text);
        if (quantized) {
            out.number("general.quantization_version", QUANTIZATION_VERSION);
        }
        return out;
    }

    private byte[] header(GgufBytes out) {
        long at = 0;
        for (OutputTensor tensor : tensors) {
            describe(tensor, at, out);
            offsets.add(at);
            at = Math.addExact(at, bytes(tensor) + padding(bytes(tensor)));
        }
        return out.padded(alignment);
    }

    private static void describe(OutputTensor tensor, long offset, GgufBytes out) {
        GgufType type = type(tensor);
        List<Long> dimensions = new ArrayList<>(tensor.shape().dimensions());
        if (type.isQuantized()) {
            int last = dimensions.size() - 1;
            dimensions.set(last, dimensions.get(last) / type.blockBytes() * type.blockElements());
        }
        out.text(tensor.name()).u32(dimensions.size());
        // The innermost dimension comes first.
        for (int axis = dimensions.size() - 1; axis >= 0; axis--) {
            out.u64(dimensions.get(axis));
        }
        out.u32(type.number()).u64(offset);
    }

    private int padding(long bytes) {
        return (int) ((alignment - bytes % alignment) % alignment);
    }

    /** What it consists of. */
    PlannedFile planned() {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(Piece.of(header));
        for (OutputTensor tensor : tensors) {
            pieces.add(Piece.of(tensor));
            int padding = padding(bytes(tensor));
            if (padding > 0) {
                pieces.add(Piece.of(new byte[padding]));
            }
        }
        return new PlannedFile(name, pieces, this::requireAsPlanned);
    }

    private void requireAsPlanned(Path written) throws IOException {
        Checkpoint checkpoint = new GgufReader(CheckpointFile.of(written)).read("gguf");
        List<TensorEntry> found = List.copyOf(checkpoint.stored().values());
        boolean same = found.size() == tensors.size();
        for (int i = 0; same && i < found.size(); i++) {
            OutputTensor tensor = tensors.get(i);
            TensorEntry entry = found.get(i);
            same = entry.name().equals(tensor.name())
                    && entry.dtype() == tensor.dtype()
                    && entry.shape().equals(tensor.shape())
                    && entry.blockType().equals(tensor.blockType())
                    && entry.range().offset() == header.length + offsets.get(i)
                    && entry.range().length() == bytes(tensor);
        }
        if (!same) {
            throw new IOException(written + ": the file just written reads back with other tensors than were written");
        }
    }
}
