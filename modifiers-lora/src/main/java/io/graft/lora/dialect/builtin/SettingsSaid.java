package io.graft.lora.dialect.builtin;

import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which settings a dialect with few of its own can say; of the others, those that change what an adapter means are refused. */
enum SettingsSaid {
    BY_KOHYA("rank_pattern", "alpha_pattern"),
    BY_MLX("use_dora", "lora_dropout", "base_model_name_or_path"),
    BY_TORCHTUNE("use_dora", "base_model_name_or_path");

    private static final Set<String> BY_ALL = Set.of("peft_type", "r", "lora_alpha", "use_rslora");

    /** What the tensors tell, or PEFT notes for itself. */
    private static final Set<String> TOLD = Set.of(
            "auto_mapping",
            "bias",
            "inference_mode",
            "init_lora_weights",
            "lora_bias",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "rank_pattern",
            "alpha_pattern",
            "runtime_config",
            "target_modules",
            "use_dora");

    /** Of training, or of how modules were found: of no effect on what the tensors mean. */
    private static final Set<String> HARMLESS = Set.of(
            "base_model_name_or_path",
            "corda_config",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_dropout",
            "lora_ga_config",
            "modules_to_save",
            "revision",
            "task_type",
            "velora_config");

    /** Initialisations that take the first update out of the base weights. */
    private static final List<String> CHANGING_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private final Set<String> own;

    SettingsSaid(String... own) {
        this.own = Set.of(own);
    }

    void check(Adapter adapter, AdapterTarget target) {
        AdapterSettings settings = adapter.settings();
        List<String> left = new ArrayList<>();
        for (String key : settings.keys()) {
            if (!settings.isOn(key) || Stream.of(BY_ALL, own, TOLD).anyMatch(known -> known.contains(key))) {
                continue;
            }
            if (HARMLESS.contains(key)) {
                left.add(key);
            } else {
                target.refuse("`" + key + "`");
            }
        }
        if (!left.isEmpty()) {
            target.note("left out: " + Quoting.names(left));
        }
        settings.text("init_lora_weights")
                .filter(init -> CHANGING_BASE.stream().anyMatch(init::startsWith))
                .ifPresent(init -> target.refuse(
                        "`init_lora_weights` = " + init + ", which has changed the base weights before training"));
    }
}
