package io.graft.lora.dialect.builtin;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.BaseModel;
import io.graft.model.rules.Moves;
import io.graft.model.rules.Rule;
import io.graft.tensor.LazyTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and order of outputs in torchtune's decoders, beside those of transformers. */
final class TorchtuneNames {
    private static final Pattern IN_LAYER = Pattern.compile("layers\\.(\\d+)\\.(.+)");
    private static final Pattern QUERY_OR_KEY = Pattern.compile("(?:.*\\.)?(q|k)_proj");

    /** Modules of a layer, torchtune's names before those of transformers. */
    private static final Map<String, String> LAYER = layer();

    /** Families with the names here, and whether torchtune keeps the outputs of query and key in the order of Llama's own code. */
    private static final Map<String, Boolean> FAMILIES =
            Map.of("llama", true, "mistral", true, "gemma", true, "qwen2", false);

    private final Optional<BaseModel> base;
    private final boolean isOwn;
    private String refusal = "";

    private TorchtuneNames(Optional<BaseModel> base, boolean isOwn) {
        this.base = base;
        this.isOwn = isOwn;
    }

    private static Map<String, String> layer() {
        Map<String, String> layer = new LinkedHashMap<>();
        layer.put("attn.q_proj", "self_attn.q_proj");
        layer.put("attn.k_proj", "self_attn.k_proj");
        layer.put("attn.v_proj", "self_attn.v_proj");
        layer.put("attn.output_proj", "self_attn.o_proj");
        layer.put("mlp.w1", "mlp.gate_proj");
        layer.put("mlp.w2", "mlp.down_proj");
        layer.put("mlp.w3", "mlp.up_proj");
        return layer;
    }

    /** A model of torchtune's own names needs no others. */
    static TorchtuneNames of(Optional<BaseModel> base) {
        boolean isOwn = base.stream()
                .flatMap(model -> model.tensors().keySet().stream())
                .anyMatch(name -> name.startsWith("layers.") && name.endsWith(".attn.output_proj.weight"));
        return new TorchtuneNames(base, isOwn);
    }

    /** The name that the model has for a module of torchtune. */
    Optional<String> transformers(String module) {
        if (isOwn) {
            return Optional.of(module);
        }
        if (module.equals("output")) {
            return Optional.of("lm_head");
        }
        Matcher layer = IN_LAYER.matcher(module);
        return layer.matches()
                ? Optional.ofNullable(LAYER.get(layer.group(2)))
                        .map(name -> "model.layers." + layer.group(1) + "." + name)
                : Optional.empty();
    }

    /** The name that torchtune has for a module of the model. */
    Optional<String> torchtune(String module) {
        if (isOwn) {
            return Optional.of(module);
        }
        if (module.equals("lm_head")) {
            return Optional.of("output");
        }
        Matcher layer = IN_LAYER.matcher(module.startsWith("model.") ? module.substring("model.".length()) : "");
        return layer.matches()
                ? LAYER.entrySet().stream()
                        .filter(name -> name.getValue().equals(layer.group(2)))
                        .map(name -> "layers." + layer.group(1) + "." + name.getKey())
                        .findFirst()
                : Optional.empty();
    }

    /**
     * Exchanges the halves of each head and the neighbours that the rotary embedding pairs.
     *
     * @param view the outputs as heads, and in each the two
     */
    private static Rule.Reorder rotary(List<Integer> view) {
        return new Rule.Reorder("outputs", 0, view, List.of(0, 2, 1));
    }

    LazyTensor toTransformers(AdapterTensor tensor) {
        return heads(tensor)
                .map(heads -> Moves.reorder(tensor.value(), rotary(List.of(heads.intValue(), 0, 2))))
                .orElseGet(tensor::value);
    }

    LazyTensor toTorchtune(AdapterTensor tensor) {
        return heads(tensor)
                .map(heads -> Moves.reorder(tensor.value(), rotary(List.of(heads.intValue(), 2, 0))))
                .orElseGet(tensor::value);
    }

    /** Why the order of outputs cannot be told; empty if it can, or was not asked for. */
    Optional<String> refusal() {
        return Optional.of(refusal).filter(why -> !why.isEmpty());
    }

    /** Of how many heads the outputs have to be put in another order; empty if they have not. */
    private Optional<Long> heads(AdapterTensor tensor) {
        Matcher projection = QUERY_OR_KEY.matcher(tensor.module());
        boolean hasOutputs = Set.of(AdapterTensor.B, AdapterTensor.MAGNITUDE).contains(tensor.slot());
        if (isOwn || !hasOutputs || !projection.matches()) {
            return Optional.empty();
        }
        Map<String, Object> config = base.map(BaseModel::configuration).orElse(Map.of());
        Map<String, Object> text =
                ModelConfiguration.object(config, "text_config").orElse(config);
        String family = ModelConfiguration.text(text, "model_type").orElse("");
        if (!FAMILIES.containsKey(family)) {
            refusal = family.isEmpty()
                    ? "nothing tells the model's family and its numbers of heads"
                    : "the family `" + family + "` is not known: " + new TreeSet<>(FAMILIES.keySet()) + " are";
            return Optional.empty();
        }
        if (!FAMILIES.get(family)) {
            return Optional.empty();
        }
        Optional<Long> queries = ModelConfiguration.whole(text, "num_attention_heads");
        Optional<Long> heads = projection.group(1).equals("q")
                ? queries
                : ModelConfiguration.whole(text, "num_key_value_heads").or(() -> queries);
        long outputs = tensor.shape().dimension(0);
        if (heads.filter(count -> count > 0 && outputs % (2 * count) == 0).isEmpty()) {
            refusal = "`" + tensor.module() + "` has " + outputs + " outputs, which are no "
                    + heads.map(count -> count + " heads").orElse("known number of heads") + " of an even size";
            return Optional.empty();
        }
        return heads;
    }
}
