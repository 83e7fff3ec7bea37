package io.graft.modifiers.lora;

import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.modifiers.lora.options.FactorInit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a new adapter, as PEFT's configuration has them: what is matched by, and what is written beside the factors. */
final class NewSettings {
    /** The PEFT whose form the files have. */
    private static final String VERSION = "0.21.0";

    private static final String LOCATION = "the options of `lora`";

    /** What PEFT writes beside, for what is off or has no effect here. */
    private static final List<String> OFF = List.of(
            "alora_invocation_tokens",
            "arrow_config",
            "corda_config",
            "eva_config",
            "kasa_config",
            "layer_replication",
            "lora_ga_config",
            "megatron_config",
            "monteclora_config",
            "use_bdlora",
            "velora_config");

    private NewSettings() {}

    static AdapterSettings of(LoraOptions options) {
        Map<String, Object> values = new LinkedHashMap<>();
        OFF.forEach(key -> values.put(key, null));
        values.put("loftq_config", Map.of());
        values.put("megatron_core", options.megatronCore().orElse("megatron.core"));
        values.put("qalora_group_size", (long) options.qaloraGroupSize().orElse(16));
        values.put("use_qalora", false);
        values.put("peft_type", options.peftType());
        values.put("peft_version", VERSION);
        values.put("inference_mode", true);
        values.put("task_type", options.taskType().orElse(null));
        values.put("base_model_name_or_path", options.baseModelNameOrPath().orElse(null));
        values.put("revision", options.revision().orElse(null));
        values.put("auto_mapping", options.autoMapping().map(NewSettings::plain).orElse(null));
        values.put("r", (long) options.rank());
        values.put("lora_alpha", AdapterSettings.plain(options.alpha()));
        values.put("lora_dropout", options.dropout());
        values.put("use_rslora", options.useRslora());
        values.put("use_dora", options.useDora());
        values.put("lora_bias", options.loraBias());
        values.put("bias", options.bias().toString());
        values.put("init_lora_weights", options.init().value());
        values.put("fan_in_fan_out", options.fanInFanOut().orElse(false));
        values.put("ensure_weight_tying", options.ensureWeightTying());
        values.put(
                "target_modules",
                options.targetModules().map(names -> names.value()).orElse(List.of()));
        values.put(
                "exclude_modules",
                options.excludeModules().map(names -> names.value()).orElse(null));
        values.put(
                "target_parameters",
                options.targetParameters().map(names -> names.value()).orElse(null));
        values.put(
                "modules_to_save",
                options.modulesToSave().map(names -> names.value()).orElse(null));
        values.put(
                "trainable_token_indices",
                options.trainableTokenIndices().map(rows -> rows.value()).orElse(null));
        values.put(
                "layers_to_transform",
                options.layersToTransform().map(layers -> layers.numbers()).orElse(null));
        values.put(
                "layers_pattern",
                options.layersPattern().map(names -> names.value()).orElse(null));
        values.put("rank_pattern", times(1, options.rankPattern()));
        values.put("alpha_pattern", times(1, options.alphaPattern()));
        return AdapterSettings.of(LOCATION, values);
    }

    /**
     * What is written: what PEFT would match otherwise is named module by module.
     *
     * @param adapted the modules that have factors
     * @param isTransposed whether the weight of one of them is stored as {@code [in, out]}
     */
    static AdapterSettings written(LoraOptions options, Collection<String> adapted, boolean isTransposed) {
        Map<String, Object> values = new LinkedHashMap<>(of(options).values());
        values.put("fan_in_fan_out", isTransposed);
        if (options.targetModules().filter(Names::isAllLinear).isPresent()
                || options.layersToTransform().isPresent()) {
            values.put("target_modules", List.copyOf(adapted));
            values.put("layers_to_transform", null);
            values.put("layers_pattern", null);
        }
        if (options.init().isTakenOut()) {
            doubleRanks(options, values);
        } else if (options.init().kind() == FactorInit.Kind.LOFTQ) {
            // PEFT would quantize the weight anew when it loads the adapter.
            values.put("init_lora_weights", true);
        }
        return AdapterSettings.of(LOCATION, values);
    }

    /** What was taken out stands beside the factors, which are then of twice the rank, with the same scale. */
    private static void doubleRanks(LoraOptions options, Map<String, Object> values) {
        double more = options.useRslora() ? Math.sqrt(2) : 2;
        values.put("init_lora_weights", true);
        values.put("r", 2L * options.rank());
        values.put("lora_alpha", AdapterSettings.plain(more * options.alpha()));
        values.put("rank_pattern", times(2, options.rankPattern()));
        values.put("alpha_pattern", times(more, options.alphaPattern()));
    }

    private static Map<String, Object> times(double factor, Map<String, ? extends Number> numbers) {
        Map<String, Object> products = new LinkedHashMap<>();
        numbers.forEach(
                (pattern, number) -> products.put(pattern, AdapterSettings.plain(factor * number.doubleValue())));
        return products;
    }

    /** Those of another method: what all methods have where it is given, and the method's own. */
    static AdapterSettings of(AdapterOptions options, AdapterMethod method) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("auto_mapping", null);
        values.put("base_model_name_or_path", null);
        values.put("inference_mode", true);
        values.put(
                "modules_to_save",
                options.modulesToSave().map(names -> names.value()).orElse(null));
        values.put("peft_type", method.peftType());
        values.put("peft_version", VERSION);
        values.put("revision", null);
        values.put("target_modules", options.targetModules().value());
        values.put("task_type", options.taskType().orElse(null));
        options.excludeModules().ifPresent(names -> values.put("exclude_modules", names.value()));
        options.layersToTransform().ifPresent(layers -> values.put("layers_to_transform", layers.numbers()));
        options.layersPattern().ifPresent(names -> values.put("layers_pattern", names.value()));
        if (!options.rankPattern().isEmpty()) {
            values.put("rank_pattern", times(1, options.rankPattern()));
        }
        if (!options.alphaPattern().isEmpty()) {
            values.put("alpha_pattern", times(1, options.alphaPattern()));
        }
        if (options.settings().orElse(Map.of()) instanceof Map<?, ?> own) {
            own.forEach((key, value) -> values.put(((String) key).replace('-', '_'), plain(value)));
        }
        return AdapterSettings.of("settings", values);
    }

    /** What PEFT has beside plain LoRA, as a file gives it. */
    static AdapterSettings refusable(LoraOptions options) {
        Map<String, Object> values = new TreeMap<>();
        options.useQalora().ifPresent(value -> values.put("use_qalora", value));
        options.useBdlora().ifPresent(value -> values.put("use_bdlora", value));
        options.kasaConfig().ifPresent(value -> values.put("kasa_config", value));
        options.montecloraConfig().ifPresent(value -> values.put("monteclora_config", value));
        options.arrowConfig().ifPresent(value -> values.put("arrow_config", value));
        options.aloraInvocationTokens().ifPresent(value -> values.put("alora_invocation_tokens", value));
        options.layerReplication().ifPresent(value -> values.put("layer_replication", value));
        options.megatronConfig().ifPresent(value -> values.put("megatron_config", value));
        options.veloraConfig().ifPresent(value -> values.put("velora_config", value));
        return AdapterSettings.of(LOCATION, values);
    }

    /** Whole numbers as settings have them. */
    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, inner) -> copy.put(key, plain(inner)));
            return copy;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(NewSettings::plain).toList();
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }
}
