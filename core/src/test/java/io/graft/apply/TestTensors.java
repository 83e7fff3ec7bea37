package io.graft.apply;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Headers of checkpoints that exist nowhere. */
public final class TestTensors {
    private TestTensors() {}

    public static TensorEntry entry(String name, DType dtype, long... dimensions) {
        Shape shape = Shape.of(dimensions);
        long bytes = dtype.byteCount(shape);
        return new TensorEntry(name, dtype, shape, new ByteRange(Path.of(name), 0, bytes), new UnreadableData(bytes));
    }

    public static Checkpoint checkpoint(Path path, TensorEntry... entries) {
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        for (TensorEntry entry : entries) {
            tensors.put(entry.name(), entry);
        }
        return new Checkpoint(path, "safetensors", "state_dict", tensors, Map.of(), List.of());
    }
}
