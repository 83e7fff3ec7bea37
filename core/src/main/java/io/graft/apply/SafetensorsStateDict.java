package io.graft.apply;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes {@code model.safetensors}, or its shards and their index. */
final class SafetensorsStateDict implements StateDictWriter {
    @Override
    public List<WrittenFile> write(Path folder, List<OutputTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException {
        return writer(folder, maxShardSize, options).write(tensors);
    }

    @Override
    public List<String> names(Path folder, List<OutputTensor> tensors, long maxShardSize) {
        return writer(folder, maxShardSize, WriteOptions.DEFAULT).names(tensors);
    }

    @Override
    public Optional<WrittenFile> writeIndex(
            Path folder, List<OutputTensor> tensors, long maxShardSize, WriteOptions options) throws IOException {
        return writer(folder, maxShardSize, options).writeIndex(tensors);
    }

    private static SafetensorsWriter writer(Path folder, long maxShardSize, WriteOptions options) {
        return new SafetensorsWriter(folder, "model", maxShardSize, Map.of(), options);
    }
}
