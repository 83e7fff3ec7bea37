package io.graft.modifiers.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.checkpoint.CheckpointException;
import io.graft.layer.LayerKinds;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.AdapterMethods;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Editing;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.method.MethodSettings;
import io.graft.modifiers.lora.method.MethodUpdates;
import io.graft.modifiers.lora.options.BiasTraining;
import io.graft.modifiers.lora.target.Layer;
import io.graft.modifiers.lora.target.NamedLayers;
import io.graft.modifiers.lora.target.Targets;
import io.graft.modifiers.lora.use.StandingUse;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a new adapter of another method than LoRA on a model: IA3, VeRA, LoKr, or one that a jar brings. It is trained, switched and saved
 * as one of LoRA is, and written as PEFT does. One that was trained before is put on a model by {@code lora} with {@code adapter-path},
 * and merged by {@code lora-merge}, whatever its method.
 */
@Modifier("adapter")
public final class AdapterModelModifier implements ModelModifier {
    private final AdapterOptions options;

    public AdapterModelModifier(AdapterOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Findings findings = new Findings(context, options.strict());
        AdapterMethod method;
        AdapterSettings settings;
        AdapterConfig config;
        try {
            method = AdapterMethods.discover().named(options.method());
        } catch (IllegalArgumentException unknown) {
            findings.error(ProblemCode.UNKNOWN_ENUM, "method", unknown.getMessage(), "");
            return;
        }
        try {
            settings = MethodSettings.complete(method, NewSettings.of(options, method));
            config = MethodSettings.config(method, settings);
        } catch (CheckpointException wrong) {
            findings.error(ProblemCode.CHECK_FAILED, "settings", wrong.detail(), wrong.help());
            return;
        }
        new AdapterPlace(options.standing())
                .put(model, context, () -> put(method, settings, config, model, context, findings));
    }

    private boolean put(
            AdapterMethod method,
            AdapterSettings settings,
            AdapterConfig config,
            ModelDraft model,
            ModifierContext context,
            Findings findings) {
        LayerKinds kinds = LayerKinds.of(model, options.layers(), options.strict(), context);
        Map<String, String> modules = new Targets(model, config, kinds, findings)
                .adapted(options.targetModules().isAllLinear(), options.taskType());
        NamedLayers named = new NamedLayers(model, kinds, findings);
        List<Layer> layers = new ArrayList<>();
        modules.forEach((module, entry) -> named.find(module, entry)
                .filter(layer -> named.isComputable(layer.weight()))
                .ifPresent(layers::add));
        boolean isTransposed = kinds.anyTransposed(modules.keySet());
        AdapterSettings written = written(settings, modules, isTransposed);
        UpdateUse use =
                new StandingUse(options.standing().adapter(), options.standing().weight(), written, 0, findings);
        List<Edit> edits = new ArrayList<>(
                new MethodUpdates(method, settings, config, model, options.seed(), "target-modules", findings)
                        .plan(layers, Optional.empty(), use));
        edits.addAll(new TrainedWhole(config, model, kinds, use, findings)
                .plan(new BiasTraining(BiasTraining.Kind.NONE), modules.keySet()));
        if (findings.failed()) {
            return false;
        }
        new Editing(model, false, findings).run(edits);
        return true;
    }

    /** What PEFT would match otherwise is named module by module, so that it need not match anything. */
    private static AdapterSettings written(
            AdapterSettings settings, Map<String, String> modules, boolean isTransposed) {
        Map<String, Object> values = new LinkedHashMap<>(settings.values());
        if (isTransposed) {
            values.put("fan_in_fan_out", true);
        }
        if (settings.isOn("layers_to_transform") || "all-linear".equals(settings.get("target_modules"))) {
            values.put("target_modules", List.copyOf(modules.keySet()));
        }
        values.remove("layers_to_transform");
        values.remove("layers_pattern");
        return AdapterSettings.of(settings.location(), values);
    }
}
