package io.graft.modifiers.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.layer.LayerKinds;
import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.AdapterMethods;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.AdapterUse;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Editing;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.method.TrainedMethod;
import io.graft.modifiers.lora.reading.AdapterReading;
import io.graft.modifiers.lora.target.ConvolutionGroups;
import io.graft.modifiers.lora.target.Targets;
import io.graft.modifiers.lora.trained.TrainedAdapter;
import io.graft.modifiers.lora.use.StandingUse;
import io.graft.modifiers.lora.use.UpdateUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a LoRA adapter on a model: a new one, which is then trained, or one that was trained before. Linear layers, embeddings,
 * convolutions, the transposed linear layers of GPT-2 and the weights of experts can be adapted, with DoRA, rank-stabilised scaling and
 * ranks of their own; modules, biases and rows of embeddings can be trained whole beside them. All else is frozen.
 *
 * <p>The model's own weights stay as they are below the adapter, so that adapters are switched, weighted and taken off again without a
 * trace. An adapter is written as PEFT does, {@code adapter_config.json} and {@code adapter_model.safetensors}, those of another name
 * than {@code default} in a folder of their name; for a checkpoint the model is written only if something in it changes.
 */
@Modifier(value = "lora", phase = Phase.BEFORE_LOAD)
public final class LoraModelModifier implements ModelModifier {
    private final LoraOptions options;

    public LoraModelModifier(LoraOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Findings findings = new Findings(context, options.strict());
        new AdapterPlace(options.standing())
                .put(
                        model,
                        context,
                        () -> options.adapterPath().isPresent()
                                ? putTrained(model, context, findings)
                                : putNew(model, context, findings));
    }

    private boolean putTrained(ModelDraft model, ModifierContext context, Findings findings) {
        Optional<AdapterDialects> dialects =
                AdapterReading.dialects(options.file().dialect(), findings);
        if (dialects.isEmpty()) {
            return false;
        }
        AdapterReading reading =
                AdapterReading.of(options.adapterPath().orElseThrow(), dialects.get(), model, context, findings);
        AdapterSettings settings = reading.adapter().settings();
        Rules rename = new Rules(options.file().rename()).toldBy(context.configuration());
        Optional<AdapterMethod> method = AdapterMethods.discover().find(settings.get("peft_type"));
        if (method.isPresent()) {
            LayerKinds kinds = LayerKinds.of(model, Map.of(), options.strict(), context);
            TrainedMethod trained = new TrainedMethod(method.get(), reading, model, kinds, findings);
            UpdateUse use = new StandingUse(
                    options.standing().adapter(), options.standing().weight(), trained.settings(), 0, findings);
            return trained.put(use, options.file().prefix(), rename);
        }
        AdapterConfig config = AdapterConfig.of(settings, AdapterUse.PUT);
        double dropout = settings.isOn("lora_dropout") ? settings.number("lora_dropout") : 0;
        UpdateUse use =
                new StandingUse(options.standing().adapter(), options.standing().weight(), settings, dropout, findings);
        return new TrainedAdapter(reading, config, model, findings)
                .put(use, options.file().prefix(), rename);
    }

    private boolean putNew(ModelDraft model, ModifierContext context, Findings findings) {
        AdapterSettings settings = NewSettings.of(options);
        AdapterConfig config = AdapterConfig.read(settings);
        LayerKinds kinds = LayerKinds.of(model, options.modelLayers().layers(), options.strict(), context);
        Targets targets = new Targets(model, config, kinds, findings);
        Map<String, String> modules = targets.adapted(
                options.targets().targetModules().filter(Names::isAllLinear).isPresent(),
                options.peft().taskType());
        Map<String, String> parameters = targets.adaptedParameters();
        AdapterSettings written = NewSettings.written(options, modules.keySet(), kinds.anyTransposed(modules.keySet()));
        UpdateUse use = new StandingUse(
                options.standing().adapter(),
                options.standing().weight(),
                written,
                options.update().dropout(),
                findings);
        ConvolutionGroups groups =
                ConvolutionGroups.of(model, options.modelLayers().groups(), options.strict(), context);
        NewAdapter adapter = new NewAdapter(options, config, model, kinds, groups, use, findings);
        List<Edit> edits = new ArrayList<>(adapter.plan(modules, parameters));
        edits.addAll(new TrainedWhole(config, model, kinds, use, findings)
                .plan(options.trained().bias(), modules.keySet()));
        if (findings.failed()) {
            return false;
        }
        new Editing(model, options.trained().ensureWeightTying(), findings).run(edits);
        return true;
    }
}
