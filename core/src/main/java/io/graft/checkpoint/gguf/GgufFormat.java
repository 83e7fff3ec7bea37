package io.graft.checkpoint.gguf;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;

/**
 * GGUF files of llama.cpp, versions 2 and 3. Tensors of plain types are read. Those of quantized types are stored as the
 * bytes of their blocks, U8 with the bytes of a row as the last dimension, and stand for F32 tensors; asked for data, they say what they
 * are.
 */
@AutoService(CheckpointFormat.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class GgufFormat implements CheckpointFormat {
    static final String MAGIC = "GGUF";

    /** As {@link java.util.ServiceLoader} needs it. */
    public GgufFormat() {}

    @Override
    public String id() {
        return "gguf";
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
        return GgufModel.read(path).checkpoint(id());
    }

    /** {@inheritDoc} Of a model that was split, the other parts beside the first. */
    @Override
    public Collection<String> filesBeside(Path path) throws IOException {
        return GgufModel.others(
                path, new GgufReader(CheckpointFile.of(path)).read().metadata());
    }
}
