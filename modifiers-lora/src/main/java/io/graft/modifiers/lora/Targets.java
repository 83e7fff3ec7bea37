package io.graft.modifiers.lora;

import io.graft.model.DottedPath;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.ModuleNames;
import io.graft.modifiers.lora.config.TargetParameters;
import io.graft.modifiers.lora.layer.LayerKinds;
import io.graft.modifiers.lora.options.LayerKind;
import io.graft.modifiers.lora.pattern.ModulePattern;
import io.graft.modifiers.lora.pattern.NamePatterns;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
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
final class Targets {
    /** What computes the outputs of a language model. */
    private static final Set<String> OUTPUTS = Set.of("lm_head", "embed_out");

    /** The heads of classifiers, which are trained whole. */
    private static final Set<String> CLASSIFIERS = Set.of("score", "classifier");

    private final ModelDraft model;
    private final AdapterConfig config;
    private final LayerKinds kinds;
    private final Findings findings;
    private final Set<String> modules = new LinkedHashSet<>();
    private final Map<String, String> parameters;

    Targets(ModelDraft model, AdapterConfig config, LayerKinds kinds, Findings findings) {
        this.model = model;
        this.config = config;
        this.kinds = kinds;
        this.findings = findings;
        own(model).map(DraftTensor::name).map(DottedPath::parent).forEach(modules::add);
        this.parameters = parameters();
    }

    /** The tensors that are the model's own, and not a parametrization's. */
    static Stream<DraftTensor> own(ModelDraft model) {
        return model.tensors().stream().filter(tensor -> tensor.owner().isEmpty());
    }

    /**
     * The modules to adapt, in the order of the model, each with what names it.
     *
     * @param isAllLinear whether all linear layers are meant
     * @param taskType PEFT's word for what the model does
     */
    Map<String, String> adapted(boolean isAllLinear, Optional<String> taskType) {
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
        String layer = DottedPath.last(module);
        boolean isHead = OUTPUTS.contains(layer)
                || (taskType.equals(Optional.of("SEQ_CLS")) && CLASSIFIERS.contains(layer))
                || config.saved().contain(module);
        return model.find(module + ".weight")
                .filter(weight -> !isHead && weight.shape().rank() == 2 && !isTiedToEmbedding(weight))
                .flatMap(weight -> kinds.of(module, weight))
                .filter(kind -> kind == LayerKind.LINEAR || kind == LayerKind.TRANSPOSED)
                .map(kind -> "all-linear");
    }

    private boolean isTiedToEmbedding(DraftTensor weight) {
        return model.tiedTo(weight.name()).stream()
                .anyMatch(other -> kinds.of(DottedPath.parent(other), weight)
                        .filter(LayerKind.EMBEDDING::equals)
                        .isPresent());
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
        Optional<String> inside = modules.stream()
                .filter(module -> module.startsWith(entry + ".") || module.contains("." + entry + "."))
                .findFirst();
        boolean isExcluded = modules.stream()
                .filter(module ->
                        config.excluded().contain(module) || config.saved().contain(module))
                .anyMatch(module -> module.equals(entry) || module.endsWith("." + entry));
        String message = "`" + entry + "` "
                + (isExcluded
                        ? "names modules that exclude-modules or modules-to-save take out"
                        : inside.isPresent() ? "names a module that holds others" : "names no module of the model");
        findings.withoutEffect(
                ProblemCode.UNMATCHED_SELECTOR,
                "target-modules",
                message,
                inside.filter(module -> !isExcluded)
                        .map(module -> "name the layers in it, as `" + module + "`")
                        .orElseGet(() -> nearest(entry, modules)));
    }

    private void unmatched(String option, List<String> entries, Collection<String> among) {
        for (String entry : entries) {
            findings.withoutEffect(
                    ProblemCode.UNMATCHED_SELECTOR,
                    option,
                    "`" + entry + "` names no module of the model",
                    nearest(entry, among));
        }
    }

    /** Names are compared by as many segments as the entry has. */
    private static String nearest(String entry, Collection<String> among) {
        int segments = entry.split("\\.", -1).length;
        List<String> ends =
                among.stream().map(module -> end(module, segments)).distinct().toList();
        String nearest = Suggestions.didYouMean(entry, ends);
        return nearest.isEmpty()
                ? "names are whole, or the dotted ends of names; strict = false passes over it"
                : nearest;
    }

    private static String end(String module, int segments) {
        String[] all = module.split("\\.", -1);
        List<String> last = new ArrayList<>(List.of(all).subList(Math.max(0, all.length - segments), all.length));
        return String.join(".", last);
    }

    private void unmatchedPatterns(NamePatterns patterns, Collection<String> adapted) {
        List<String> names =
                Stream.concat(adapted.stream(), parameters.keySet().stream()).toList();
        for (NamePatterns.Entry entry : patterns.entries()) {
            ModulePattern pattern = entry.pattern();
            if (names.stream().noneMatch(pattern::matches)) {
                findings.withoutEffect(
                        ProblemCode.UNMATCHED_SELECTOR,
                        patterns.key().replace('_', '-'),
                        "`" + pattern.text() + "` fits no module that is adapted",
                        nearest(pattern.text(), adapted));
            }
        }
    }

    /** The parameters to adapt for themselves, each with the entry that names it, in the order of the entries. */
    Map<String, String> adaptedParameters() {
        for (String entry : config.parameters().entries()) {
            if (!parameters.containsValue(entry)) {
                findings.withoutEffect(
                        ProblemCode.UNMATCHED_SELECTOR,
                        TargetParameters.KEY.replace('_', '-'),
                        "`" + entry + "` names no parameter of the model",
                        nearest(entry, own(model).map(DraftTensor::name).toList()));
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
