package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.config.CheckSink;
import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.Adapter;
import io.graft.model.tree.Selector;
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
        checkName(options.adapter(), sink);
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
        checkGroups();
        checkDora();
    }

    /** Rows of a batch that have none name this one. */
    static void checkName(String adapter, CheckSink sink) {
        if (adapter.equals(Adapter.BASE)) {
            sink.on("adapter")
                    .error("is `" + adapter + "`, as rows of a batch without an adapter are called: take another name");
        }
    }

    private void checkTargets() {
        boolean names = options.targetModules().filter(OptionChecks::namesAny).isPresent();
        boolean parameters =
                options.targetParameters().filter(OptionChecks::namesAny).isPresent();
        if (!names && !parameters) {
            sink.onOptions()
                    .error(
                            "nothing is adapted: name modules, target-modules = [query, value] or all-linear, or parameters"
                                    + " with target-parameters, or an adapter that was trained with adapter-path");
        }
        if (options.layersPattern().isPresent() && options.layersToTransform().isEmpty()) {
            sink.on("layers-pattern").error("names lists of layers, and layers-to-transform does not say which layers");
        }
        if (options.layersPattern().filter(Names::isAllLinear).isPresent()) {
            sink.on("layers-pattern").error("names lists of layers, as `layers`");
        }
    }

    private void checkGroups() {
        options.groups().forEach((selector, groups) -> {
            if (groups < 1) {
                sink.on("groups").error("gives `" + selector + "` " + groups + " groups, and there is one at least");
            }
        });
    }

    private boolean areLists() {
        boolean areParameters = isList("target-parameters", options.targetParameters());
        return isList("modules-to-save", options.modulesToSave()) && areParameters;
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
            if (key.equals("layers_pattern") && options.layersToTransform().isEmpty()) {
                continue;
            }
            try {
                AdapterConfig.read(AdapterSettings.of(key, alone(values, key)));
            } catch (CheckpointException malformed) {
                sink.on(key.replace('_', '-')).error(malformed.detail());
            }
        }
        options.rankPattern().forEach((pattern, rank) -> {
            if (rank < 1) {
                sink.on("rank-pattern").error("gives `" + pattern + "` the rank " + rank + ", and ranks are 1 or more");
            }
        });
        options.layers().keySet().forEach(selector -> {
            try {
                Selector.parse(selector);
            } catch (IllegalArgumentException malformed) {
                sink.on("layers").error(malformed.getMessage());
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
        if (options.targetParameters().filter(OptionChecks::namesAny).isEmpty()) {
            return;
        }
        if (options.dropout() > 0) {
            sink.on("dropout")
                    .error("is for inputs of layers, which parameters that target-parameters adapts have none of");
        }
        if (options.loraBias()) {
            sink.on("lora-bias").error("is for layers, which parameters that target-parameters adapts are not");
        }
        if (options.useDora()) {
            sink.on("use-dora").error("is for layers, which parameters that target-parameters adapts are not");
        }
    }

    private void checkStart() {
        FactorInit.Kind kind = options.init().kind();
        if (kind == FactorInit.Kind.ORTHOGONAL
                && LongStream.concat(
                                LongStream.of(options.rank()),
                                options.rankPattern().values().stream().mapToLong(rank -> rank))
                        .anyMatch(rank -> rank % 2 != 0)) {
            sink.on("init").error("orthogonal needs even ranks");
        }
        if (options.loraBias() && kind != FactorInit.Kind.DEFAULT && kind != FactorInit.Kind.RANDOM) {
            sink.on("lora-bias").error("goes with init = default or random alone");
        }
        if (options.alpha() <= 0 && (kind == FactorInit.Kind.PISSA || kind == FactorInit.Kind.LOFTQ)) {
            sink.on("init").error(options.init() + " needs an alpha above 0, because it divides by it");
        }
        if (options.useDora() && options.init().isTakenOut()) {
            sink.on("use-dora")
                    .error("goes with an init that takes nothing out of the weight, not with " + options.init());
        }
    }

    private void checkDora() {
        if (options.useDora() && options.dropout() > 0) {
            sink.on("dropout")
                    .error(
                            "does not go with use-dora: the norm of the weight would have to be taken of inputs that were"
                                    + " dropped, and of those that were not");
        }
        if (options.useDora() && options.loraBias()) {
            sink.on("lora-bias").error("does not go with use-dora");
        }
    }
}
