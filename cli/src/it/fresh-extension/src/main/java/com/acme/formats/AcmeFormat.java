package com.acme.formats;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that begin with the letters ACME and the length of a text with a line for each tensor: name, dtype, dimensions. */
public final class AcmeFormat implements CheckpointFormat {
    static final int BEGIN = 8;
    private static final int LONGEST = 1 << 24;

    @Override
    public String id() {
        return "acme";
    }

    @Override
    public boolean readsPickle() {
        return false;
    }

    @Override
    public boolean recognizes(Path file, ByteBuffer head) {
        return head.remaining() >= BEGIN && head.getInt(0) == 0x454d4341;
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        int length = file.data(BEGIN - 4, 4).window(0, 4).getInt();
        if (length < 0 || length > LONGEST || BEGIN + length > file.size()) {
            throw malformed(file, "its header has " + length + " bytes");
        }
        String header = StandardCharsets.UTF_8
                .decode(file.data(BEGIN, length).window(0, length))
                .toString();
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        long next = BEGIN + length;
        for (String line : header.strip().lines().toList()) {
            TensorEntry tensor = tensor(file, next, line);
            next += tensor.range().length();
            tensors.put(tensor.name(), tensor);
        }
        if (next != file.size()) {
            throw malformed(file, "its tensors end at byte " + next + " of " + file.size());
        }
        return new Checkpoint(file.path(), id(), "state_dict", tensors, Map.of(), List.of());
    }

    private static TensorEntry tensor(CheckpointFile file, long offset, String line) {
        String[] words = line.strip().split(" ");
        try {
            DType dtype = DType.valueOf(words[1]);
            Shape shape = Shape.of(
                    Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray());
            ByteRange range = new ByteRange(file.path(), offset, dtype.byteCount(shape));
            Math.addExact(range.offset(), range.length());
            return new TensorEntry(words[0], dtype, shape, range, file.data(range.offset(), range.length()));
        } catch (IllegalArgumentException | ArithmeticException | ArrayIndexOutOfBoundsException flawed) {
            throw malformed(file, "`" + line + "` describes no tensor");
        }
    }

    private static CheckpointException malformed(CheckpointFile file, String flaw) {
        return new CheckpointException(Reason.MALFORMED, file.path(), flaw, "take the file anew");
    }
}
