package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethods;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What settings may ask for that plain arithmetic on the factors would get wrong. */
public final class UnknownFeatures {
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

    /** What a feature does that no plain update does, by its key. */
    private static final Map<String, String> REFUSED = Collections.unmodifiableMap(described());

    /** Initialisations that take the first update out of the base weights. */
    private static final List<String> CHANGING_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private UnknownFeatures() {}

    /**
     * @throws CheckpointException if the adapter is not LoRA, or asks for what is not known here
     */
    static void refuse(AdapterSettings settings, AdapterUse use) {
        Object type = settings.get("peft_type");
        if (!"LORA".equals(type)) {
            throw type == null
                    ? settings.wrong("peft_type", "the kind of adapter")
                    : unsupported(
                            settings,
                            "is an adapter of the kind " + type + ", and only LORA"
                                    + (use == AdapterUse.RESIZE || use == AdapterUse.COMBINE
                                            ? ""
                                            : " and "
                                                    + String.join(
                                                            ", ",
                                                            AdapterMethods.discover()
                                                                    .peftTypes()))
                                    + " can be " + use.done(),
                            "");
        }
        List<String> asked = new ArrayList<>();
        REFUSED.forEach((key, why) -> {
            if (settings.isOn(key)) {
                asked.add("`" + key + "`, which " + why);
            }
        });
        if (settings.get("init_lora_weights") instanceof String init
                && CHANGING_BASE.stream().anyMatch(init::startsWith)) {
            asked.add("`init_lora_weights` = " + init
                    + ", which has changed the base weights before training, and they are not in the adapter");
        }
        if (!asked.isEmpty()) {
            throw unsupported(
                    settings,
                    "cannot be " + use.done() + ": it has " + String.join("; and ", asked),
                    "convert it to plain LoRA with PEFT, or " + use.otherwise());
        }
        refuseUnknown(settings, use);
    }

    /** A key that is off changes nothing, whatever it means. */
    private static void refuseUnknown(AdapterSettings settings, AdapterUse use) {
        Set<String> known = new TreeSet<>();
        Stream.of(READ, WITHOUT_EFFECT, REFUSED.keySet()).forEach(known::addAll);
        List<String> unknown = settings.keys().stream()
                .filter(key -> !known.contains(key) && settings.isOn(key))
                .toList();
        if (!unknown.isEmpty()) {
            String nearest = Suggestions.didYouMean(unknown.get(0), known);
            throw unsupported(
                    settings,
                    "has keys that are not known here, and that may change what the adapter means: "
                            + Quoting.names(unknown),
                    nearest.isEmpty() ? use.withPeft() : nearest);
        }
    }

    private static CheckpointException unsupported(AdapterSettings settings, String what, String help) {
        return settings.refusal(Reason.UNSUPPORTED, what, help);
    }

    /** What no plain update does, by the key that asks for it, and what it does. */
    public static Map<String, String> refused() {
        return REFUSED;
    }

    private static Map<String, String> described() {
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
