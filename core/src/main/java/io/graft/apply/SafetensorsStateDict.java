package io.graft.apply;

import io.graft.Output;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes {@code model.safetensors}, or its shards and their index. */
final class SafetensorsStateDict implements StateDictWriter {
    @Override
    public List<Output> write(Path folder, List<DraftTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException {
        return writer(folder, maxShardSize, options).write(outputs(tensors)).stream()
                .map(SafetensorsStateDict::output)
                .toList();
    }

    @Override
    public Optional<Output> writeIndex(Path folder, List<DraftTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException {
        return writer(folder, maxShardSize, options)
                .writeIndex(outputs(tensors))
                .map(SafetensorsStateDict::output);
    }

    private static SafetensorsWriter writer(Path folder, long maxShardSize, WriteOptions options) {
        return new SafetensorsWriter(folder, "model", maxShardSize, Map.of(), options);
    }

    private static List<OutputTensor> outputs(List<DraftTensor> tensors) {
        return tensors.stream().map(SafetensorsStateDict::output).toList();
    }

    private static Output output(WrittenFile file) {
        return new Output(file.path(), file.bytes(), file.sha256());
    }

    private static OutputTensor output(DraftTensor tensor) {
        LazyTensor value = tensor.value();
        return new OutputTensor(tensor.name(), value.dtype(), value.shape(), value::materialize);
    }
}
