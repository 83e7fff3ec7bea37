package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
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
            "modules_to_save",
            "init_lora_weights");

    /** Of training, of saving, or told by the tensors themselves. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "inference_mode",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_bias",
            "lora_dropout",
            "lora_ga_config",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "task_type");

    private static final Map<String, String> REFUSED = refused();

    /** Initialisations that take the first update out of the base weights. */
    private static final List<String> CHANGING_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private UnknownFeatures() {}

    /**
     * @throws CheckpointException if the adapter is not LoRA, or asks for what is not known here
     */
    static void refuse(ConfigFields fields) {
        Object type = fields.get("peft_type");
        if (!"LORA".equals(type)) {
            throw type == null
                    ? fields.wrong("peft_type", "the kind of adapter")
                    : unsupported(fields, "is an adapter of the kind " + type + ", and lora-merge merges LORA", "");
        }
        List<String> asked = new ArrayList<>();
        REFUSED.forEach((key, name) -> {
            if (fields.isOn(key)) {
                asked.add(name + " (`" + key + "`)");
            }
        });
        if (fields.get("init_lora_weights") instanceof String init
                && CHANGING_BASE.stream().anyMatch(init::startsWith)) {
            asked.add("base weights that `init_lora_weights` = " + init + " has changed");
        }
        if (!asked.isEmpty()) {
            throw unsupported(
                    fields,
                    "asks for " + String.join(", ", asked) + ", which lora-merge cannot do",
                    "merge it with PEFT, or convert it to plain LoRA there");
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
                            + Names.all(unknown),
                    nearest.isEmpty() ? "merge it with the PEFT that saved it" : nearest);
        }
    }

    private static CheckpointException unsupported(ConfigFields fields, String what, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, fields.file(), what, help);
    }

    private static Map<String, String> refused() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("use_dora", "DoRA");
        refused.put("use_qalora", "QALoRA");
        refused.put("use_bdlora", "BD-LoRA");
        refused.put("kasa_config", "KaSA");
        refused.put("velora_config", "VeLoRA");
        refused.put("monteclora_config", "MonteCLoRA");
        refused.put("arrow_config", "Arrow routing");
        refused.put("alora_invocation_tokens", "activated LoRA");
        refused.put("layer_replication", "replicated layers");
        refused.put("trainable_token_indices", "trained token rows");
        refused.put("target_parameters", "adapted parameters");
        refused.put("megatron_config", "tensor-parallel layers");
        return refused;
    }
}
