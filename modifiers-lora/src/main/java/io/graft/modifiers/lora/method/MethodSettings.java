package io.graft.modifiers.lora.method;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The settings of an adapter of another method than LoRA: those that all methods have, and the method's own. */
public final class MethodSettings {
    private static final Set<String> COMMON = Set.of(
            "alpha_pattern",
            "auto_mapping",
            "base_model_name_or_path",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "layers_pattern",
            "layers_to_transform",
            "modules_to_save",
            "peft_type",
            "peft_version",
            "rank_pattern",
            "revision",
            "target_modules",
            "task_type");

    private MethodSettings() {}

    /** The same, with what the method's own keys are if nobody says. */
    public static AdapterSettings complete(AdapterMethod method, AdapterSettings given) {
        Map<String, Object> values = new LinkedHashMap<>(method.settings());
        given.values().forEach((key, value) -> {
            if (value != null || !values.containsKey(key)) {
                values.put(key, value);
            }
        });
        return AdapterSettings.of(given.location(), values);
    }

    /**
     * What they name. The method is asked whether it can do what they say.
     *
     * @throws CheckpointException if not, or if there is a key that nobody knows
     */
    public static AdapterConfig config(AdapterMethod method, AdapterSettings complete) {
        Set<String> known = new TreeSet<>(COMMON);
        known.addAll(method.settings().keySet());
        List<String> unknown = complete.keys().stream()
                .filter(key -> !known.contains(key) && complete.isOn(key))
                .toList();
        if (!unknown.isEmpty()) {
            String nearest = Suggestions.didYouMean(unknown.get(0), known);
            throw complete.refusal(
                    Reason.UNSUPPORTED,
                    "has keys that are not known here, and that may change what the adapter means: "
                            + Quoting.names(unknown),
                    nearest.isEmpty() ? "use it with the PEFT that saved it" : nearest);
        }
        Optional<String> refusal = method.refusal(complete);
        if (refusal.isPresent()) {
            throw complete.refusal(
                    Reason.UNSUPPORTED, "cannot be used: " + method.peftType() + " " + refusal.get(), "");
        }
        Map<String, Object> named = new LinkedHashMap<>(complete.values());
        named.putIfAbsent("r", 1L);
        named.put("lora_alpha", complete.values().getOrDefault("alpha", 1L));
        return AdapterConfig.read(AdapterSettings.of(complete.location(), named));
    }
}
