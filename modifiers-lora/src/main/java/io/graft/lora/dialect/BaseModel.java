package io.graft.lora.dialect;

import io.graft.checkpoint.Checkpoint;
import io.graft.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is known of the model that an adapter is for.
 *
 * @param tensors names and shapes
 * @param configuration its {@code config.json}; empty if it has none, or if that is not known
 */
public record BaseModel(Map<String, Shape> tensors, Map<String, Object> configuration) {
    public BaseModel {
        tensors = new LinkedHashMap<>(tensors);
        configuration = Map.copyOf(configuration);
    }

    /** That of a checkpoint, by its headers. */
    public static BaseModel of(Checkpoint checkpoint) {
        Map<String, Shape> tensors = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> tensors.put(name, tensor.shape()));
        return new BaseModel(tensors, checkpoint.configuration().values());
    }

    /** The paths of the modules that have tensors of their own. */
    public Set<String> modules() {
        Set<String> modules = new LinkedHashSet<>();
        for (String name : tensors.keySet()) {
            int dot = name.lastIndexOf('.');
            if (dot > 0) {
                modules.add(name.substring(0, dot));
            }
        }
        return modules;
    }
}
