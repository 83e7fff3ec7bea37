package io.graft.layer;

import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.Selector;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What kind of layer modules are: by the option, by the type that a running model tells, by the model's {@code config.json}, by a bias,
 * and by the names that embeddings have. What none of them tells is not guessed.
 */
public final class LayerKinds {
    /** Families of transformers whose linear layers are stored as {@code [in, out]}, but for their head. */
    private static final Set<String> TRANSPOSED_FAMILIES =
            Set.of("gpt2", "openai-gpt", "imagegpt", "decision_transformer", "clvp");

    private static final Set<String> TRANSPOSED_LAYERS = Set.of("c_attn", "c_proj", "c_fc", "q_attn");

    private static final Pattern EMBEDDING = Pattern.compile(
            "wte|wpe|shared|relative_attention_bias|.*embed|.*embeddings?|embed_.*|.*_emb|tok_embeddings|emb");

    private final ModelDraft model;
    private final Map<String, LayerKind> told;
    private final String family;
    private final boolean isOfTransformers;
    private final BiasWitnesses witnesses;

    private LayerKinds(ModelDraft model, Map<String, LayerKind> told, Map<String, Object> configuration) {
        this.model = model;
        this.told = told;
        this.family = String.valueOf(configuration.getOrDefault("model_type", ""));
        this.isOfTransformers = configuration.get("model_type") instanceof String;
        this.witnesses = BiasWitnesses.of(model);
    }

    /**
     * Those of a model.
     *
     * @param layers the option: kinds by selectors of modules; one that selects nothing is told
     * @param strict whether that is an error
     */
    public static LayerKinds of(
            ModelDraft model, Map<String, LayerKind> layers, boolean strict, ModifierContext context) {
        Map<String, LayerKind> told = new HashMap<>();
        layers.forEach((selector, kind) -> new SelectorOption("layers", Selector.parse(selector), strict)
                .resolve(model, context)
                .ifPresent(match -> match.tensors().forEach(tensor -> told.put(DottedPath.parent(tensor), kind))));
        return of(model, told, context.configuration().values());
    }

    /**
     * Those of a model.
     *
     * @param told kinds by module
     * @param configuration the model's {@code config.json}
     */
    public static LayerKinds of(ModelDraft model, Map<String, LayerKind> told, Map<String, Object> configuration) {
        return new LayerKinds(model, Map.copyOf(told), configuration);
    }

    /** Whether the weight of one of these modules is stored as {@code [in, out]}. */
    public boolean anyTransposed(Collection<String> modules) {
        return modules.stream()
                .anyMatch(module -> model.find(module + ".weight")
                        .flatMap(weight -> of(module, weight))
                        .filter(LayerKind.TRANSPOSED::equals)
                        .isPresent());
    }

    /** Whether the option says that the weights of a module are stored as {@code [in, out]}. */
    public boolean isTransposed(String module) {
        return told.get(module) == LayerKind.TRANSPOSED;
    }

    /**
     * The kind of the layer that a weight is of; empty if it is of none that is known.
     *
     * @param module its path
     * @param weight its weight
     */
    public Optional<LayerKind> of(String module, DraftTensor weight) {
        LayerKind said = told.get(module);
        if (said != null) {
            return Optional.of(said);
        }
        String type = model.tree().moduleType(module);
        return type.isEmpty()
                ? byWeight(module, weight)
                : byType(type).or(() -> isKnown(type) ? Optional.empty() : byWeight(module, weight));
    }

    /** That of a module with a type of PyTorch or of DJL. */
    private static Optional<LayerKind> byType(String type) {
        if (type.endsWith("Linear")) {
            return Optional.of(LayerKind.LINEAR);
        }
        if (type.equals("Conv1D")) {
            return Optional.of(LayerKind.TRANSPOSED);
        }
        if (type.endsWith("Embedding")) {
            return Optional.of(LayerKind.EMBEDDING);
        }
        return type.matches("Conv[123]d|Convolution") ? Optional.of(LayerKind.CONVOLUTION) : Optional.empty();
    }

    /** Whether a type is that of no such layer, whatever its weight looks like. */
    private static boolean isKnown(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.contains("transpose")
                || lower.contains("deconv")
                || lower.contains("norm")
                || lower.equals("bilinear")
                || lower.equals("prelu");
    }

    private Optional<LayerKind> byWeight(String module, DraftTensor weight) {
        int rank = weight.shape().rank();
        Optional<Long> bias = model.find(module + ".bias")
                .filter(tensor -> tensor.shape().rank() == 1)
                .map(tensor -> tensor.shape().dimension(0));
        if (rank > 2) {
            // The bias of a transposed convolution is as long as its second axis.
            return rank <= 5
                            && bias.map(length -> length == weight.shape().dimension(0))
                                    .orElse(true)
                    ? Optional.of(LayerKind.CONVOLUTION)
                    : Optional.empty();
        }
        return rank == 2 ? byMatrix(weight, bias) : Optional.empty();
    }

    private Optional<LayerKind> byMatrix(DraftTensor weight, Optional<Long> bias) {
        String layer = BiasWitnesses.layer(weight.name());
        if (TRANSPOSED_FAMILIES.contains(family) && TRANSPOSED_LAYERS.contains(layer)) {
            return Optional.of(LayerKind.TRANSPOSED);
        }
        if (bias.isEmpty() && EMBEDDING.matcher(layer).matches()) {
            return Optional.of(LayerKind.EMBEDDING);
        }
        Set<LayerKind> seen = witnesses.of(weight.name());
        if (seen.size() == 1) {
            return seen.stream().findFirst();
        }
        boolean mayBeTransposed = witnesses.anyTransposed() && !isOfTransformers;
        boolean isLinear = bias.isPresent() ? !mayBeTransposed : isOfTransformers;
        return seen.isEmpty() && isLinear ? Optional.of(LayerKind.LINEAR) : Optional.empty();
    }
}
