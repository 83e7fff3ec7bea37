package io.graft.modifiers.lora.method;

import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.model.rules.Rules;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Editing;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping;
import io.graft.modifiers.lora.placing.NameMapping.Wanted;
import io.graft.modifiers.lora.placing.Renaming;
import io.graft.modifiers.lora.reading.AdapterReading;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.target.Layer;
import io.graft.modifiers.lora.trained.BaseComparison;
import io.graft.modifiers.lora.trained.Replacing;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An adapter of another method than LoRA that was trained before, and the model that it goes to. */
public final class TrainedMethod {
    private final AdapterMethod method;
    private final AdapterReading reading;
    private final AdapterSettings settings;
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final Findings findings;

    public TrainedMethod(
            AdapterMethod method, AdapterReading reading, ModelDraft model, LayerKinds kinds, Findings findings) {
        this.method = method;
        this.reading = reading;
        this.settings = MethodSettings.complete(method, reading.adapter().settings());
        this.model = model;
        this.kinds = kinds;
        this.findings = findings;
    }

    /** Its settings, with all of the method's own keys. */
    public AdapterSettings settings() {
        return settings;
    }

    /** Puts all of it where it belongs; as {@link TrainedAdapter#put}. */
    public boolean put(UpdateUse use, String prefix, Rules rename) {
        AdapterConfig config = MethodSettings.config(method, settings);
        Map<String, Map<String, AdapterTensor>> byModule = byModule();
        Optional<AdapterTensors> others = AdapterTensors.of(others(), findings);
        if (others.isEmpty()) {
            return false;
        }
        List<String> modules =
                byModule.keySet().stream().filter(module -> !module.isEmpty()).toList();
        Renaming renaming = Renaming.of(rename, modules, others.get());
        renaming.report(findings);
        if (!renaming.isPossible()) {
            return false;
        }
        List<Wanted> wanted = modules.stream()
                .map(module -> new Wanted(List.of(module + ".weight"), shape -> shape.rank() > 1))
                .toList();
        NameMapping names = NameMapping.of(wanted, prefix, renaming, model, findings);
        List<Layer> layers = layers(modules, names);
        MethodUpdates updates = new MethodUpdates(method, settings, config, model, 0, "adapter-path", findings);
        List<Edit> edits =
                new ArrayList<>(new Replacing(config, use, reading.source(), names, findings).plan(others.get()));
        edits.addAll(updates.plan(layers, Optional.of(new InFile(byModule)), use));
        if (!findings.failed()) {
            updates.refuseUnused(byModule, layers);
        }
        if (findings.failed()) {
            return false;
        }
        BaseComparison base = new BaseComparison(reading, findings);
        layers.forEach(layer -> base.compare(layer.path(), layer.weight()));
        base.tell();
        new Editing(model, false, findings).run(edits);
        use.tellRefused();
        return !findings.failed();
    }

    private final class InFile implements MethodUpdates.Stored {
        private final Map<String, Map<String, AdapterTensor>> byModule;

        InFile(Map<String, Map<String, AdapterTensor>> byModule) {
            this.byModule = byModule;
        }

        @Override
        public Optional<AdapterTensor> find(Layer layer, OwnedTensor start) {
            String module = start.sharing() == Sharing.ADAPTER ? "" : layer.path();
            return Optional.ofNullable(byModule.getOrDefault(module, Map.of()).get(start.slot()));
        }

        @Override
        public AdapterSource source() {
            return reading.source();
        }
    }

    private Map<String, Map<String, AdapterTensor>> byModule() {
        Map<String, Map<String, AdapterTensor>> byModule = new LinkedHashMap<>();
        for (AdapterTensor tensor : reading.adapter().tensors()) {
            if (method.slots().contains(tensor.slot())) {
                byModule.computeIfAbsent(tensor.module(), first -> new LinkedHashMap<>())
                        .put(tensor.slot(), tensor);
            }
        }
        return byModule;
    }

    private Adapter others() {
        Adapter adapter = reading.adapter();
        return adapter.with(
                adapter.tensors().stream()
                        .filter(tensor -> !method.slots().contains(tensor.slot()))
                        .toList(),
                adapter.settings());
    }

    private List<Layer> layers(List<String> modules, NameMapping names) {
        List<Layer> layers = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        for (String module : modules) {
            Optional<DraftTensor> weight = names.find(module + ".weight");
            weight.ifPresentOrElse(found -> layers.add(layer(module, found)), () -> homeless.add(module));
        }
        if (!homeless.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter changes modules that the model does not have: " + FirstFew.names(homeless),
                    names.nearest(homeless.get(0) + ".weight"));
        }
        return layers;
    }

    /** Where nothing tells, the configuration does. */
    private Layer layer(String path, DraftTensor weight) {
        String module = DottedPath.parent(weight.name());
        LayerKind said = settings.flag("fan_in_fan_out") ? LayerKind.TRANSPOSED : LayerKind.LINEAR;
        LayerKind kind = kinds.of(module, weight).orElse(weight.shape().rank() > 2 ? LayerKind.CONVOLUTION : said);
        return new Layer(module, path, "", weight, kind);
    }
}
