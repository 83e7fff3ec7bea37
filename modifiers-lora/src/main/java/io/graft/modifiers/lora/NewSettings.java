package io.graft.modifiers.lora;

import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.modifiers.lora.options.FactorInit;
import io.graft.modifiers.lora.options.PeftOptions;
import io.graft.modifiers.lora.options.TargetOptions;
import io.graft.modifiers.lora.options.TrainedOptions;
import io.graft.modifiers.lora.options.UpdateOptions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        TargetOptions targets = options.targets();
        UpdateOptions update = options.update();
        TrainedOptions trained = options.trained();
        PeftOptions peft = options.peft();
        Map<String, Object> values = new LinkedHashMap<>();
        OFF.forEach(key -> values.put(key, null));
        peft.evaConfig().ifPresent(value -> values.put("eva_config", plain(value)));
        peft.cordaConfig().ifPresent(value -> values.put("corda_config", plain(value)));
        peft.loraGaConfig().ifPresent(value -> values.put("lora_ga_config", plain(value)));
        values.put("loftq_config", Map.of());
        values.put("megatron_core", peft.megatronCore().orElse("megatron.core"));
        values.put("qalora_group_size", (long) peft.qaloraGroupSize().orElse(16));
        values.put("use_qalora", false);
        values.put("peft_type", peft.peftType());
        values.put("peft_version", VERSION);
        values.put("inference_mode", true);
        values.put("task_type", peft.taskType().orElse(null));
        values.put("base_model_name_or_path", peft.baseModelNameOrPath().orElse(null));
        values.put("revision", peft.revision().orElse(null));
        values.put("auto_mapping", peft.autoMapping().map(NewSettings::plain).orElse(null));
        values.put("r", (long) update.rank());
        values.put("lora_alpha", AdapterSettings.plain(update.alpha()));
        values.put("lora_dropout", update.dropout());
        values.put("use_rslora", update.useRslora());
        values.put("use_dora", update.useDora());
        values.put("lora_bias", update.loraBias());
        values.put("bias", trained.bias().toString());
        values.put("init_lora_weights", options.start().init().value());
        values.put("fan_in_fan_out", options.modelLayers().fanInFanOut().orElse(false));
        values.put("ensure_weight_tying", trained.ensureWeightTying());
        values.put(
                "target_modules",
                targets.targetModules().map(names -> names.value()).orElse(List.of()));
        values.put(
                "exclude_modules",
                targets.limits().excludeModules().map(names -> names.value()).orElse(null));
        values.put(
                "target_parameters",
                targets.targetParameters().map(names -> names.value()).orElse(null));
        values.put(
                "modules_to_save",
                trained.modulesToSave().map(names -> names.value()).orElse(null));
        values.put(
                "trainable_token_indices",
                trained.trainableTokenIndices().map(rows -> rows.value()).orElse(null));
        values.put(
                "layers_to_transform",
                targets.limits()
                        .layersToTransform()
                        .map(layers -> layers.numbers())
                        .orElse(null));
        values.put(
                "layers_pattern",
                targets.limits().layersPattern().map(names -> names.value()).orElse(null));
        values.put("rank_pattern", times(1, update.patterns().rankPattern()));
        values.put("alpha_pattern", times(1, update.patterns().alphaPattern()));
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
        if (options.targets().targetModules().filter(Names::isAllLinear).isPresent()
                || options.targets().limits().layersToTransform().isPresent()) {
            values.put("target_modules", List.copyOf(adapted));
            values.put("layers_to_transform", null);
            values.put("layers_pattern", null);
        }
        if (options.start().init().isTakenOut()) {
            doubleRanks(options, values);
        } else if (options.start().init().kind() == FactorInit.Kind.LOFTQ) {
            // PEFT would quantize the weight anew when it loads the adapter.
            values.put("init_lora_weights", true);
        }
        return AdapterSettings.of(LOCATION, values);
    }

    /** What was taken out stands beside the factors, which are then of twice the rank, with the same scale. */
    private static void doubleRanks(LoraOptions options, Map<String, Object> values) {
        double more = options.update().useRslora() ? Math.sqrt(2) : 2;
        values.put("init_lora_weights", true);
        values.put("r", 2L * options.update().rank());
        values.put("lora_alpha", AdapterSettings.plain(more * options.update().alpha()));
        values.put("rank_pattern", times(2, options.update().patterns().rankPattern()));
        values.put("alpha_pattern", times(more, options.update().patterns().alphaPattern()));
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
        options.limits().excludeModules().ifPresent(names -> values.put("exclude_modules", names.value()));
        options.limits().layersToTransform().ifPresent(layers -> values.put("layers_to_transform", layers.numbers()));
        options.limits().layersPattern().ifPresent(names -> values.put("layers_pattern", names.value()));
        if (!options.patterns().rankPattern().isEmpty()) {
            values.put("rank_pattern", times(1, options.patterns().rankPattern()));
        }
        if (!options.patterns().alphaPattern().isEmpty()) {
            values.put("alpha_pattern", times(1, options.patterns().alphaPattern()));
        }
        if (options.settings().orElse(Map.of()) instanceof Map<?, ?> own) {
            own.forEach((key, value) -> values.put(((String) key).replace('-', '_'), plain(value)));
        }
        return AdapterSettings.of("settings", values);
    }

    /** What PEFT has beside plain LoRA, as a file gives it. */
    static AdapterSettings refusable(LoraOptions options) {
        return AdapterSettings.of(LOCATION, options.variants().values());
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
