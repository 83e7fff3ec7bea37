package io.graft.modifiers.lora;

import io.graft.model.ModelDraft;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How names of the adapter become names of the model: as they are, or with the beginning that all of them share left out, or
 * with one added, where the checkpoint was saved from another level of the model than the adapter.
 */
final class NameMapping {
    private final ModelDraft model;
    private final String dropped;
    private final String added;

    private NameMapping(ModelDraft model, String dropped, String added) {
        this.model = model;
        this.dropped = dropped;
        this.added = added;
    }

    static NameMapping of(AdapterTensors adapter, ModelDraft model, Findings findings) {
        List<String> names = new ArrayList<>();
        adapter.updates().forEach(update -> names.add(update.module() + ".weight"));
        names.addAll(adapter.whole().keySet());
        NameMapping plain = new NameMapping(model, "", "");
        if (names.isEmpty() || names.stream().anyMatch(plain::finds)) {
            return plain;
        }
        for (NameMapping other : others(names.get(0), model)) {
            if (names.stream().allMatch(other::finds)) {
                findings.warn(
                        other.added.isEmpty()
                                ? "the names of the adapter begin with `" + other.dropped
                                        + "`, which those of the model lack; it is left out"
                                : "the names of the model begin with `" + other.added
                                        + "`, which those of the adapter lack; it is added");
                return other;
            }
        }
        return plain;
    }

    /** Every beginning of a name, and every beginning of a name of the model that ends as it does. */
    private static List<NameMapping> others(String name, ModelDraft model) {
        List<NameMapping> others = new ArrayList<>();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            others.add(new NameMapping(model, name.substring(0, dot + 1), ""));
        }
        model.tensors().stream()
                .filter(tensor -> tensor.name().endsWith("." + name))
                .map(tensor -> tensor.name().substring(0, tensor.name().length() - name.length()))
                .forEach(beginning -> others.add(new NameMapping(model, "", beginning)));
        return others;
    }

    /** The model's own name for a tensor; empty if it has none of that name. */
    Optional<String> find(String name) {
        return name.startsWith(dropped) ? model.tree().findTensor(nameInModel(name)) : Optional.empty();
    }

    /** The nearest names that the model has, as a question; empty if none is near. */
    String nearest(String name) {
        return Suggestions.didYouMean(model.tree().nearest(nameInModel(name)));
    }

    private String nameInModel(String name) {
        return added + (name.startsWith(dropped) ? name.substring(dropped.length()) : name);
    }

    private boolean finds(String name) {
        return find(name).isPresent();
    }
}
