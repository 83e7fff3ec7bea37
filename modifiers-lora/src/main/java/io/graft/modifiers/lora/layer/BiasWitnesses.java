package io.graft.modifiers.lora.layer;

import io.graft.model.DottedPath;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.update.Arrangement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which way round the weights of linear layers are stored, by the biases beside them, which are as long as there are outputs. A square
 * weight tells nothing; layers of one name are stored the same way.
 */
public final class BiasWitnesses {
    private final Map<String, Set<Arrangement>> seen = new HashMap<>();

    public static BiasWitnesses of(ModelDraft model) {
        BiasWitnesses witnesses = new BiasWitnesses();
        for (DraftTensor bias : model.tensors()) {
            if (bias.name().endsWith(".bias") && bias.shape().rank() == 1) {
                String name = DottedPath.parent(bias.name()) + ".weight";
                model.find(name)
                        .filter(weight -> weight.shape().rank() == 2)
                        .filter(weight ->
                                weight.shape().dimension(0) != weight.shape().dimension(1))
                        .ifPresent(weight -> {
                            long out = bias.shape().dimension(0);
                            if (weight.shape().dimension(0) == out) {
                                witnesses.note(name, Arrangement.LINEAR);
                            } else if (weight.shape().dimension(1) == out) {
                                witnesses.note(name, Arrangement.TRANSPOSED);
                            }
                        });
            }
        }
        return witnesses;
    }

    /** Takes note of a weight. */
    public void note(String weight, Arrangement way) {
        seen.computeIfAbsent(layer(weight), first -> EnumSet.noneOf(Arrangement.class))
                .add(way);
    }

    /** What is known of weights in layers of the same name. */
    public Set<Arrangement> of(String weight) {
        return seen.getOrDefault(layer(weight), Set.of());
    }

    /** Whether any weight is stored as {@code [in, out]}. */
    public boolean anyTransposed() {
        return seen.values().stream().anyMatch(ways -> ways.contains(Arrangement.TRANSPOSED));
    }

    /** The last name of the module, which layers of one kind share. */
    public static String layer(String name) {
        return DottedPath.last(DottedPath.parent(name));
    }
}
