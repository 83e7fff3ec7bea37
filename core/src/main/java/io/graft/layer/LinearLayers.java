package io.graft.layer;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import java.util.Optional;
import java.util.Set;

/** The linear layers of a model, and which of them are heads: what PEFT's {@code all-linear} is made of. */
public final class LinearLayers {
    /** What computes the outputs of a language model. */
    private static final Set<String> OUTPUTS = Set.of("lm_head", "embed_out");

    /** The heads of classifiers. */
    private static final Set<String> CLASSIFIERS = Set.of("score", "classifier");

    private final ModelDraft model;
    private final LayerKinds kinds;

    public LinearLayers(ModelDraft model, LayerKinds kinds) {
        this.model = model;
        this.kinds = kinds;
    }

    /** Whether a module is a linear layer, be it a head. */
    public boolean contain(String module) {
        return weight(module)
                .flatMap(weight -> kinds.of(module, weight))
                .filter(kind -> kind == LayerKind.LINEAR || kind == LayerKind.TRANSPOSED)
                .isPresent();
    }

    /** Whether a module computes the outputs of a language model, by its name or as it has an embedding's weight. */
    public boolean isOutput(String module) {
        return OUTPUTS.contains(DottedPath.last(module))
                || weight(module).filter(this::isTiedToEmbedding).isPresent();
    }

    /** Whether a module has the name of a classifier's head. */
    public static boolean isClassifier(String module) {
        return CLASSIFIERS.contains(DottedPath.last(module));
    }

    private Optional<DraftTensor> weight(String module) {
        return model.find(module + ".weight").filter(weight -> weight.shape().rank() == 2);
    }

    private boolean isTiedToEmbedding(DraftTensor weight) {
        return model.tiedTo(weight.name()).stream()
                .anyMatch(other -> kinds.of(DottedPath.parent(other), weight)
                        .filter(LayerKind.EMBEDDING::equals)
                        .isPresent());
    }
}
