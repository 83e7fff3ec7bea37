package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a configuration may ask for that a plain merge would get wrong. */
final class UnknownFeatures {
    private static final Set<String> READ = Set.of(
            "peft_type",
            "r",
            "lora_alpha",
            "use_rslora",
            "fan_in_fan_out",
            "rank_pattern",
            "alpha_pattern",
            "target_modules",
            "exclude_modules",
            "layers_to_transform",
            "layers_pattern",
            "target_parameters",
            "trainable_token_indices",
            "modules_to_save",
            "task_type",
            "ensure_weight_tying",
            "peft_version",
            "init_lora_weights");

    /** Of training, of saving, or told by the tensors themselves. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "eva_config",
            "inference_mode",
            "loftq_config",
            "lora_bias",
            "lora_dropout",
            "lora_ga_config",
            "megatron_core",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "use_dora",
            "velora_config");

    /** Why a feature cannot be merged, by its key. */
    private static final Map<String, String> REFUSED = refused();

    /** Initialisations that take the first update out of the base weights. */
    private static final List<String> CHANGING_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private UnknownFeatures() {}

    /**
     * @throws CheckpointException if the adapter is not LoRA, or asks for what is not known here
     */
    static void refuse(ConfigFields fields) {
        if (fields.isOn("lora_parameters") || fields.isOn("fine_tune_type")) {
            throw unsupported(
                    fields,
                    "is the configuration of an adapter of MLX",
                    "merge it with `mlx_lm.fuse`, which knows which way round its factors lie");
        }
        Object type = fields.get("peft_type");
        if (!"LORA".equals(type)) {
            throw type == null
                    ? fields.wrong("peft_type", "the kind of adapter")
                    : unsupported(fields, "is an adapter of the kind " + type + ", and lora-merge merges LORA", "");
        }
        List<String> asked = new ArrayList<>();
        REFUSED.forEach((key, why) -> {
            if (fields.isOn(key)) {
                asked.add("`" + key + "`, which " + why);
            }
        });
        if (fields.get("init_lora_weights") instanceof String init
                && CHANGING_BASE.stream().anyMatch(init::startsWith)) {
            asked.add("`init_lora_weights` = " + init
                    + ", which has changed the base weights before training, and they are not in the adapter");
        }
        if (!asked.isEmpty()) {
            throw unsupported(
                    fields,
                    "cannot be merged into the weights of a model: it has " + String.join("; and ", asked),
                    "convert it to plain LoRA with PEFT, or serve it unmerged there");
        }
        refuseUnknown(fields);
    }

    /** A key that is off changes nothing, whatever it means. */
    private static void refuseUnknown(ConfigFields fields) {
        Set<String> known = new TreeSet<>();
        Stream.of(READ, WITHOUT_EFFECT, REFUSED.keySet()).forEach(known::addAll);
        List<String> unknown = fields.keys().stream()
                .filter(key -> !known.contains(key) && fields.isOn(key))
                .toList();
        if (!unknown.isEmpty()) {
            String nearest = Suggestions.didYouMean(unknown.get(0), known);
            throw unsupported(
                    fields,
                    "has keys that lora-merge does not know, and that may change what the adapter means: "
                            + Quoting.names(unknown),
                    nearest.isEmpty() ? "merge it with the PEFT that saved it" : nearest);
        }
    }

    private static CheckpointException unsupported(ConfigFields fields, String what, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, fields.file(), what, help);
    }

    private static Map<String, String> refused() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("use_qalora", "adds to groups of inputs of a quantized layer");
        refused.put("use_bdlora", "keeps blocks of factors, whose arrangement the file does not tell");
        refused.put("kasa_config", "takes the smallest singular values out of the base weights");
        refused.put("monteclora_config", "draws the update at random each time");
        refused.put("arrow_config", "chooses among adapters for each token");
        refused.put("alora_invocation_tokens", "acts after certain tokens only");
        refused.put("layer_replication", "repeats layers of the base, each with an update of its own");
        refused.put("megatron_config", "holds one device's part of each layer");
        return refused;
    }
}
