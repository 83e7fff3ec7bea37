package io.graft.training.checkpoint;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two files of safetensors: the state dict, and what the optimizer remembers, {@code exp_avg.encoder.weight}, with the steps of each
 * parameter, {@code step.encoder.weight}, and those of the training, {@code steps}.
 */
final class SafetensorsForm implements SavedForm {
    static final String STEP = "step";
    private static final String STEPS = "steps";
    private static final String MODEL = "model";
    private static final String OPTIMIZER = "optimizer";

    static Path model(Path folder) {
        return file(folder, MODEL);
    }

    static Path optimizer(Path folder) {
        return file(folder, OPTIMIZER);
    }

    private static Path file(Path folder, String stem) {
        return folder.resolve(stem + ".safetensors");
    }

    /** What an array is called that is remembered of a parameter. */
    static String name(String slot, String parameter) {
        return slot + "." + parameter;
    }

    @Override
    public void write(Path folder, Snapshot snapshot, WriteOptions writing) throws IOException {
        writer(folder, MODEL, Map.of(), writing).write(snapshot.model());
        Map<String, OutputTensor> sorted = new TreeMap<>();
        // So that there is a tensor, whatever is remembered.
        put(sorted, TensorCopies.ofLong(STEPS, snapshot.state().moment().steps()));
        snapshot.optimizer().states().forEach((parameter, state) -> {
            put(sorted, TensorCopies.ofLong(name(STEP, parameter), state.steps()));
            state.arrays().values().forEach(array -> put(sorted, array));
        });
        writer(folder, OPTIMIZER, snapshot.state().texts(), writing).write(List.copyOf(sorted.values()));
    }

    private static void put(Map<String, OutputTensor> sorted, OutputTensor tensor) {
        sorted.put(tensor.name(), tensor);
    }

    private static SafetensorsWriter writer(Path folder, String stem, Map<String, String> texts, WriteOptions writing) {
        return new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, texts, writing);
    }
}
