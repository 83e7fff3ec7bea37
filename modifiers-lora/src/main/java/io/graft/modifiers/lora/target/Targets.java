package io.graft.modifiers.lora.target;

import io.graft.layer.LayerKinds;
import io.graft.layer.LinearLayers;
import io.graft.layer.ModuleNames;
import io.graft.layer.ModulePattern;
import io.graft.layer.NamePatterns;
import io.graft.layer.UnmatchedName;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.TargetParameters;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.problem.ProblemCode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which modules and parameters of a model an adapter is put on, and why; what names or selects nothing is told. */
public final class Targets {
    private final ModelDraft model;
    private final AdapterConfig config;
    private final LinearLayers linear;
    private final Findings findings;
    private final Set<String> modules = new LinkedHashSet<>();
    private final Map<String, String> parameters;

    public Targets(ModelDraft model, AdapterConfig config, LayerKinds kinds, Findings findings) {
        this.model = model;
        this.config = config;
        this.linear = new LinearLayers(model, kinds);
        this.findings = findings;
        own(model).map(DraftTensor::name).map(DottedPath::parent).forEach(modules::add);
        this.parameters = parameters();
    }

    /** The tensors that are the model's own, and not a parametrization's. */
    public static Stream<DraftTensor> own(ModelDraft model) {
        return model.tensors().stream().filter(tensor -> tensor.owner().isEmpty());
    }

    /**
     * The modules to adapt, in the order of the model, each with what names it.
     *
     * @param isAllLinear whether all linear layers are meant
     * @param taskType PEFT's word for what the model does
     */
    public Map<String, String> adapted(boolean isAllLinear, Optional<String> taskType) {
        Map<String, String> named = new LinkedHashMap<>();
        for (String module : modules) {
            Optional<String> by = isAllLinear ? allLinear(module, taskType) : byName(module);
            by.filter(reason -> !config.excluded().contain(module)).ifPresent(reason -> named.put(module, reason));
        }
        Map<String, String> adapted = new LinkedHashMap<>(named);
        config.layers().ifPresent(layers -> adapted.keySet().removeIf(module -> !layers.contain(module)));
        if (isAllLinear && named.isEmpty()) {
            findings.withoutEffect(
                    ProblemCode.UNMATCHED_SELECTOR,
                    "target-modules",
                    "the model has no linear layer that `all-linear` could mean",
                    "say which layers are linear: layers { \"**.query\" = linear }");
        }
        tell(named, adapted);
        return adapted;
    }

    private Optional<String> byName(String module) {
        return config.saved().contain(module)
                ? Optional.empty()
                : config.targets().flatMap(targets -> targets.entryOf(module)).map(ModuleNames.Entry::text);
    }

    private Optional<String> allLinear(String module, Optional<String> taskType) {
        boolean isHead = linear.isOutput(module)
                || (taskType.equals(Optional.of("SEQ_CLS")) && LinearLayers.isClassifier(module))
                || config.saved().contain(module);
        return linear.contain(module) && !isHead ? Optional.of("all-linear") : Optional.empty();
    }

    private void tell(Map<String, String> named, Map<String, String> adapted) {
        config.targets().ifPresent(targets -> targets.unmatched(named.keySet()).forEach(this::tellTarget));
        unmatched("exclude-modules", config.excluded().unmatched(modules), modules);
        config.layers().ifPresent(layers -> {
            for (Long number : layers.unmatched(named.keySet())) {
                findings.withoutEffect(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "layers-to-transform",
                        "no module that is named is of the layer " + number,
                        "layers are the numbers in the names of modules");
            }
        });
        unmatched("modules-to-save", config.saved().unmatched(modules), modules);
        unmatchedPatterns(config.rankPattern(), adapted.keySet());
        unmatchedPatterns(config.alphaPattern(), adapted.keySet());
    }

    private void tellTarget(String entry) {
        boolean isTakenOut = modules.stream()
                .filter(module ->
                        config.excluded().contain(module) || config.saved().contain(module))
                .anyMatch(module -> module.equals(entry) || module.endsWith("." + entry));
        tell("target-modules", isTakenOut ? takenOut(entry) : UnmatchedName.ofLayers(entry, modules));
    }

    private UnmatchedName takenOut(String entry) {
        return new UnmatchedName(
                "`" + entry + "` names modules that exclude-modules or modules-to-save take out",
                UnmatchedName.nearest(entry, modules));
    }

    private void tell(String option, UnmatchedName name) {
        findings.withoutEffect(ProblemCode.UNMATCHED_SELECTOR, option, name.message(), name.help());
    }

    private void unmatched(String option, List<String> entries, Collection<String> among) {
        for (String entry : entries) {
            tell(option, UnmatchedName.ofModules(entry, among));
        }
    }

    private void unmatchedPatterns(NamePatterns<Double> patterns, Collection<String> adapted) {
        List<String> names =
                Stream.concat(adapted.stream(), parameters.keySet().stream()).toList();
        for (NamePatterns.Entry<Double> entry : patterns.entries()) {
            ModulePattern pattern = entry.pattern();
            if (names.stream().noneMatch(pattern::matches)) {
                findings.withoutEffect(
                        ProblemCode.UNMATCHED_SELECTOR,
                        patterns.key().replace('_', '-'),
                        "`" + pattern.text() + "` fits no module that is adapted",
                        UnmatchedName.nearest(pattern.text(), adapted));
            }
        }
    }

    /** The parameters to adapt for themselves, each with the entry that names it, in the order of the entries. */
    public Map<String, String> adaptedParameters() {
        for (String entry : config.parameters().entries()) {
            if (!parameters.containsValue(entry)) {
                findings.withoutEffect(
                        ProblemCode.UNMATCHED_SELECTOR,
                        TargetParameters.KEY.replace('_', '-'),
                        "`" + entry + "` names no parameter of the model",
                        UnmatchedName.nearest(
                                entry, own(model).map(DraftTensor::name).toList()));
            }
        }
        return parameters;
    }

    private Map<String, String> parameters() {
        Map<String, String> found = new LinkedHashMap<>();
        for (String entry : config.parameters().entries()) {
            Predicate<String> isMeant = name -> name.equals(entry) || name.endsWith("." + entry);
            own(model).map(DraftTensor::name).filter(isMeant).forEach(name -> found.putIfAbsent(name, entry));
        }
        return found;
    }
}
