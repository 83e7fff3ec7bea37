package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One file as it will be. */
final class GgufOutput {
    private final String name;
    private final List<OutputTensor> tensors;
    private final List<Long> offsets = new ArrayList<>();
    private final int alignment;
    private final List<Piece> header = new ArrayList<>();
    private final long dataStart;

    GgufOutput(String name, List<OutputTensor> tensors, GgufPairs pairs) {
        this.name = name;
        this.tensors = tensors;
        this.alignment = pairs.alignment();
        header.add(Piece.of(new GgufBytes()
                .ascii(GgufFormat.MAGIC)
                .u32(pairs.version())
                .u64(tensors.size())
                .u64(pairs.count())
                .data()));
        pairs.bytes().forEach(bytes -> header.add(Piece.of(bytes)));
        header.add(Piece.of(descriptions()));
        long end = header.stream().mapToLong(Piece::length).sum();
        pad(end, header);
        this.dataStart = end + padding(end);
    }

    private static long bytes(OutputTensor tensor) {
        return tensor.dtype().byteCount(tensor.shape());
    }

    private TensorData descriptions() {
        GgufBytes out = new GgufBytes();
        long at = 0;
        for (OutputTensor tensor : tensors) {
            describe(tensor, at, out);
            offsets.add(at);
            at = Math.addExact(at, bytes(tensor) + padding(bytes(tensor)));
        }
        return out.data();
    }

    private static void describe(OutputTensor tensor, long offset, GgufBytes out) {
        GgufType type = GgufType.of(tensor);
        List<Long> dimensions = type.elements(tensor.shape()).dimensions();
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

    private void pad(long bytes, List<Piece> pieces) {
        int padding = padding(bytes);
        if (padding > 0) {
            pieces.add(Piece.of(new byte[padding]));
        }
    }

    /** What it consists of. */
    PlannedFile planned() {
        List<Piece> pieces = new ArrayList<>(header);
        for (OutputTensor tensor : tensors) {
            pieces.add(Piece.of(tensor));
            pad(bytes(tensor), pieces);
        }
        return new PlannedFile(name, pieces, this::requireAsPlanned);
    }

    private void requireAsPlanned(Path written) throws IOException {
        GgufFile file = new GgufReader(CheckpointFile.of(written)).read();
        List<TensorEntry> found = List.copyOf(file.tensors().values());
        boolean same = found.size() == tensors.size();
        for (int i = 0; same && i < found.size(); i++) {
            OutputTensor tensor = tensors.get(i);
            TensorEntry entry = found.get(i);
            same = entry.name().equals(tensor.name())
                    && entry.dtype() == tensor.dtype()
                    && entry.shape().equals(tensor.shape())
                    && entry.blockType().equals(tensor.blockType())
                    && entry.range().offset() == dataStart + offsets.get(i)
                    && entry.range().length() == bytes(tensor);
        }
        if (!same) {
            throw new IOException(written + ": the file just written reads back with other tensors than were written");
        }
    }
}
