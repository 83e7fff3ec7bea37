package io.graft.apply;

import io.graft.Output;
import io.graft.checkpoint.OutputTensor;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.model.DraftTensor;
import io.graft.model.LazyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes {@code model.safetensors}, or its shards and their index. */
final class SafetensorsStateDict implements StateDictWriter {
    @Override
    public List<Output> write(Path folder, List<DraftTensor> tensors, long maxShardSize) throws IOException {
        List<OutputTensor> outputs =
                tensors.stream().map(SafetensorsStateDict::output).toList();
        return new SafetensorsWriter(folder, "model", maxShardSize, Map.of())
                .write(outputs).stream()
                        .map(file -> new Output(file.path(), file.bytes(), file.sha256()))
                        .toList();
    }

    private static OutputTensor output(DraftTensor tensor) {
        LazyTensor value = tensor.value();
        return new OutputTensor(tensor.name(), value.dtype(), value.shape(), value::materialize);
    }
}
