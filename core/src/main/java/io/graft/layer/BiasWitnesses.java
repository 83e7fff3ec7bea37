package io.graft.layer;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which way round the weights of linear layers are stored, by the biases beside them, which are as long as there are outputs. A square
 * weight tells nothing; layers of one name are stored the same way.
 */
public final class BiasWitnesses {
    private final Map<String, Set<LayerKind>> seen = new HashMap<>();

    /** Without any. */
    public BiasWitnesses() {}

    /** Those of a model. */
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
                                witnesses.note(name, LayerKind.LINEAR);
                            } else if (weight.shape().dimension(1) == out) {
                                witnesses.note(name, LayerKind.TRANSPOSED);
                            }
                        });
            }
        }
        return witnesses;
    }

    /**
     * Takes note of a weight.
     *
     * @param way linear or transposed
     */
    public void note(String weight, LayerKind way) {
        seen.computeIfAbsent(layer(weight), first -> EnumSet.noneOf(LayerKind.class))
                .add(way);
    }

    /** Whether weights in layers of the same name are linear or transposed; empty if nothing tells. */
    public Set<LayerKind> of(String weight) {
        return seen.getOrDefault(layer(weight), Set.of());
    }

    /** Whether any weight is stored as {@code [in, out]}. */
    public boolean anyTransposed() {
        return seen.values().stream().anyMatch(ways -> ways.contains(LayerKind.TRANSPOSED));
    }

    /** The last name of the module, which layers of one kind share. */
    public static String layer(String name) {
        return DottedPath.last(DottedPath.parent(name));
    }
}
