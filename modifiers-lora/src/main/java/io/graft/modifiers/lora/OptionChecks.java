package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.config.CheckSink;
import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.UnknownFeatures;
import io.graft.modifiers.lora.options.FactorInit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** What of the options of a new adapter does not go together, told before any model is looked at. */
final class OptionChecks {
    private final LoraOptions options;
    private final CheckSink sink;

    OptionChecks(LoraOptions options, CheckSink sink) {
        this.options = options;
        this.sink = sink;
    }

    void run() {
        if (options.adapterPath().isPresent()) {
            return;
        }
        if (!areLists()) {
            return;
        }
        checkTargets();
        checkPatterns();
        checkFeatures();
        checkParameters();
        checkStart();
    }

    private void checkTargets() {
        boolean names =
                options.targets().targetModules().filter(OptionChecks::namesAny).isPresent();
        boolean parameters = options.targets()
                .targetParameters()
                .filter(OptionChecks::namesAny)
                .isPresent();
        if (!names && !parameters) {
            sink.onOptions()
                    .error(
                            "nothing is adapted: name modules, target-modules = [query, value] or all-linear, or parameters"
                                    + " with target-parameters, or an adapter that was trained with adapter-path");
        }
    }

    private boolean areLists() {
        boolean areParameters = isList("target-parameters", options.targets().targetParameters());
        return isList("modules-to-save", options.trained().modulesToSave()) && areParameters;
    }

    private boolean isList(String key, Optional<Names> names) {
        boolean isText = names.filter(Names::isExpression).isPresent();
        if (isText) {
            sink.on(key).error("must be a list of names, not one text");
        }
        return !isText;
    }

    private static boolean namesAny(Names names) {
        return !names.texts().isEmpty();
    }

    /** One key after the other, so that each mistake is told at its own. */
    private void checkPatterns() {
        Map<String, Object> values = NewSettings.of(options).values();
        for (String key :
                List.of("target_modules", "exclude_modules", "layers_pattern", "rank_pattern", "alpha_pattern")) {
            if (key.equals("layers_pattern")
                    && options.targets().limits().layersToTransform().isEmpty()) {
                continue;
            }
            try {
                AdapterConfig.read(AdapterSettings.of(key, alone(values, key)));
            } catch (CheckpointException malformed) {
                sink.on(key.replace('_', '-')).error(malformed.detail());
            }
        }
        options.update().patterns().rankPattern().forEach((pattern, rank) -> {
            if (rank < 1) {
                sink.on("rank-pattern").error("gives `" + pattern + "` the rank " + rank + ", and ranks are 1 or more");
            }
        });
    }

    private static Map<String, Object> alone(Map<String, Object> values, String pattern) {
        Map<String, Object> alone = new LinkedHashMap<>(Map.of("r", 1L, "lora_alpha", 1.0));
        for (String key : List.of(pattern, "layers_to_transform")) {
            if (values.get(key) != null) {
                alone.put(key, values.get(key));
            }
        }
        return alone;
    }

    private void checkFeatures() {
        AdapterSettings given = NewSettings.refusable(options);
        UnknownFeatures.refused().forEach((key, why) -> {
            if (given.isOn(key)) {
                sink.on(key.replace('_', '-')).error("is not there: it " + why);
            }
        });
        if (given.isOn("velora_config")) {
            sink.on("velora-config").error("is not there: it keeps parts of what training needs only");
        }
    }

    private void checkParameters() {
        if (options.targets().targetParameters().filter(OptionChecks::namesAny).isEmpty()) {
            return;
        }
        if (options.update().dropout() > 0) {
            sink.on("dropout")
                    .error("is for inputs of layers, which parameters that target-parameters adapts have none of");
        }
        if (options.update().loraBias()) {
            sink.on("lora-bias").error("is for layers, which parameters that target-parameters adapts are not");
        }
        if (options.update().useDora()) {
            sink.on("use-dora").error("is for layers, which parameters that target-parameters adapts are not");
        }
    }

    private void checkStart() {
        FactorInit.Kind kind = options.start().init().kind();
        if (kind == FactorInit.Kind.ORTHOGONAL
                && LongStream.concat(
                                LongStream.of(options.update().rank()),
                                options.update().patterns().rankPattern().values().stream()
                                        .mapToLong(rank -> rank))
                        .anyMatch(rank -> rank % 2 != 0)) {
            sink.on("init").error("orthogonal needs even ranks");
        }
        if (options.update().loraBias() && kind != FactorInit.Kind.DEFAULT && kind != FactorInit.Kind.RANDOM) {
            sink.on("lora-bias").error("goes with init = default or random alone");
        }
        if (options.update().alpha() <= 0 && (kind == FactorInit.Kind.PISSA || kind == FactorInit.Kind.LOFTQ)) {
            sink.on("init").error(options.start().init() + " needs an alpha above 0, because it divides by it");
        }
        if (options.update().useDora() && options.start().init().isTakenOut()) {
            sink.on("use-dora")
                    .error("goes with an init that takes nothing out of the weight, not with "
                            + options.start().init());
        }
    }
}
