package io.graft.modifiers.transfer;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds tensors of the model by their names, with or without the segments of wrappers. */
final class ModelNames {
    private final ModelDraft model;
    private final Map<String, String> unwrapped = new HashMap<>();

    ModelNames(ModelDraft model) {
        this.model = model;
        Wrappers wrappers = Wrappers.of(model);
        for (DraftTensor tensor : model.tensors()) {
            String name = wrappers.unwrapped(tensor.name());
            if (!name.equals(tensor.name())) {
                unwrapped.putIfAbsent(name, tensor.name());
            }
        }
    }

    Optional<DraftTensor> find(String name) {
        return model.tree()
                .findTensor(name)
                .or(() -> Optional.ofNullable(unwrapped.get(name)))
                .flatMap(model::find);
    }

    /** Whether the model has a tensor of this name beside the one that it lacks. */
    boolean has(String module, String tensor) {
        return find(module + "." + tensor).isPresent();
    }
}
