package io.graft.format.onnx;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;

/**
 * ONNX models. Their initializers are the tensors, wherever the exporter put them: in the file, packed or as numbers, or in a file
 * beside it.
 *
 * <p>An exporter gives a weight that it transposed, or computed, a name that says nothing ({@code onnx::MatMul_885}). Where such a
 * weight is multiplied by in one place of the graph, it gets the name of its parameter back, from the named bias that is added
 * to the product or, without one, from the path of the node, and is transposed where the graph multiplies by the transposed
 * parameter: {@code MatMul}, and {@code Gemm} without {@code transB}. Each such weight is reported. All else keeps the name that
 * it has in the file.
 */
@AutoService(CheckpointFormat.class)
public final class OnnxFormat implements CheckpointFormat {
    static final String ID = "onnx";

    /** As {@link java.util.ServiceLoader} needs it. */
    public OnnxFormat() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public boolean readsPickle() {
        return false;
    }

    /** {@inheritDoc} An ONNX file has no mark of its own: all of its outermost fields must be those of a model, to its last byte. */
    @Override
    public boolean recognizes(Path file, ByteBuffer head) throws IOException {
        return head.remaining() > 1 && head.get(head.position()) == ModelFields.FIRST && ModelFields.areAll(file);
    }

    @Override
    public Collection<String> filesBeside(Path path) throws IOException {
        return ModelReader.read(CheckpointFile.of(path)).externalFiles();
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        return new OnnxCheckpoint(file, ModelReader.read(file)).checkpoint();
    }
}
