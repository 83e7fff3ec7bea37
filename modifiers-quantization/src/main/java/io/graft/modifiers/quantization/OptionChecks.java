package io.graft.modifiers.quantization;

import io.graft.checkpoint.CheckpointException;
import io.graft.config.CheckSink;
import io.graft.layer.ModuleNames;
import io.graft.layer.NamePatterns;
import io.graft.layer.Names;
import io.graft.model.tree.Selector;
import io.graft.modifiers.quantization.options.WeightOverride;
import io.graft.modifiers.quantization.options.WeightSettings;
import java.util.Map;

/** What of the options does not go together, told before any model is looked at. */
final class OptionChecks {
    private final QuantizationOptions options;
    private final CheckSink sink;

    OptionChecks(QuantizationOptions options, CheckSink sink) {
        this.options = options;
        this.sink = sink;
    }

    void run() {
        checkSettings();
        if (options.targetModules().texts().isEmpty()) {
            sink.on("target-modules").error("names no module: name some, [query, value], or all-linear");
        }
        checkNames("target-modules", options.targetModules());
        options.excludeModules().ifPresent(names -> checkNames("exclude-modules", names));
        options.layers().keySet().forEach(selector -> {
            try {
                Selector.parse(selector);
            } catch (IllegalArgumentException malformed) {
                sink.on("layers").error(malformed.getMessage());
            }
        });
    }

    /** The whole first, and each override only if the whole is right: it would be told of the same. */
    private void checkSettings() {
        Settings settings = new Settings(options);
        try {
            settings.check(settings.usual());
        } catch (IllegalArgumentException unfit) {
            sink.onOptions().error(unfit.getMessage());
            return;
        }
        for (Map.Entry<String, WeightOverride> override : options.overrides().entrySet()) {
            try {
                NamePatterns.of("overrides", Map.of(override.getKey(), override.getValue()), "the options");
                WeightSettings changed = settings.with(override.getValue());
                settings.check(changed);
            } catch (CheckpointException malformed) {
                sink.on("overrides").error(malformed.detail());
            } catch (IllegalArgumentException unfit) {
                sink.on("overrides").error("`" + override.getKey() + "`: " + unfit.getMessage());
            }
        }
    }

    private void checkNames(String key, Names names) {
        try {
            ModuleNames.of(key, names, "the options");
        } catch (CheckpointException malformed) {
            sink.on(key).error(malformed.detail());
        }
    }
}
