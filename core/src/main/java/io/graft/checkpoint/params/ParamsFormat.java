package io.graft.checkpoint.params;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code .params} files that DJL's {@code Model.save} writes for a native block.
 *
 * <p>The format has no paths: parameters stand in the order of the block tree, each under its own name in its block. Without
 * the block a tensor is called by the number of its block, counted from 0 among those that have parameters, and by its own
 * name: {@code 0.weight}, {@code 0.bias}, {@code 1.weight}.
 */
@AutoService(CheckpointFormat.class)
public final class ParamsFormat implements CheckpointFormat {
    static final String MAGIC = "DJL@";

    /** As {@link java.util.ServiceLoader} needs it. */
    public ParamsFormat() {}

    @Override
    public String id() {
        return "djl-params";
    }

    @Override
    public boolean readsPickle() {
        return false;
    }

    @Override
    public boolean recognizes(Path file, ByteBuffer head) {
        return StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString().startsWith(MAGIC);
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        ParamsReader reader = new ParamsReader(file);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        reader.read().forEach(entry -> tensors.put(entry.name(), entry));
        return new Checkpoint(
                file.path(),
                id(),
                "parameters",
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(reader.metadata()),
                List.of("the file has no names of blocks; they are numbered in its order"));
    }
}
