package io.graft.modifiers.quantization;

import io.graft.ModifierContext;
import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.layer.LinearLayers;
import io.graft.layer.ModuleNames;
import io.graft.layer.Names;
import io.graft.layer.UnmatchedName;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.quantization.options.SkippedLayers;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which modules of a model are quantized, and why; what names nothing, and what is skipped, is told. */
final class Targets {
    /** What classifiers have for a head, beside the names that PEFT knows, and what the first Llamas call theirs. */
    private static final Set<String> HEADS = Set.of("qa_outputs", "head", "output");

    private static final Pattern NORM = Pattern.compile(".*norm.*|ln_.*|.*_ln|ln");

    private final ModelDraft model;
    private final QuantizationOptions options;
    private final ModifierContext context;
    private final LayerKinds kinds;
    private final LinearLayers linear;
    private final Set<String> modules = new LinkedHashSet<>();
    private final Map<SkippedLayers, List<String>> skipped = new EnumMap<>(SkippedLayers.class);

    Targets(ModelDraft model, QuantizationOptions options, ModifierContext context) {
        this.model = model;
        this.options = options;
        this.context = context;
        this.kinds = LayerKinds.of(model, options.layers(), options.strict(), context);
        this.linear = new LinearLayers(model, kinds);
        model.tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty())
                .map(tensor -> DottedPath.parent(tensor.name()))
                .forEach(modules::add);
    }

    /** The modules to quantize, in the order of the model, each with what names it. */
    Map<String, String> find() {
        Names names = options.targetModules();
        Optional<ModuleNames> named = names.isAllLinear()
                ? Optional.empty()
                : Optional.of(ModuleNames.of("target-modules", names, "the options"));
        ModuleNames excluded =
                ModuleNames.of("exclude-modules", options.excludeModules().orElseGet(Names::of), "the options");
        Map<String, String> found = new LinkedHashMap<>();
        for (String module : modules) {
            Optional<SkippedLayers> kind = skipKind(module);
            Optional<String> by = named.isPresent()
                    ? named.get().entryOf(module).map(ModuleNames.Entry::text)
                    : Optional.of(Names.ALL_LINEAR).filter(all -> isLinear(module));
            boolean isSkipped = kind.filter(options.skip()::contains).isPresent();
            if (isSkipped && (by.isPresent() || named.isEmpty())) {
                skipped.computeIfAbsent(kind.get(), first -> new ArrayList<>()).add(module);
            } else if (!isSkipped && !excluded.contain(module)) {
                by.ifPresent(reason -> found.put(module, reason));
            }
        }
        tell(named, excluded, found);
        return found;
    }

    /** Whether a weight is stored as {@code [in, out]}. */
    boolean isTransposed(String module, DraftTensor weight) {
        return kinds.of(module, weight).equals(Optional.of(LayerKind.TRANSPOSED));
    }

    /** What nothing tells the kind of is a matrix that something is multiplied with, be it this way round or the other. */
    private boolean isLinear(String module) {
        return linear.contain(module)
                || weight(module)
                        .filter(weight -> weight.shape().rank() == 2
                                && kinds.of(module, weight).isEmpty()
                                && model.tree().moduleType(module).isEmpty())
                        .isPresent();
    }

    private Optional<SkippedLayers> skipKind(String module) {
        String last = DottedPath.last(module);
        Optional<DraftTensor> weight = weight(module);
        if (weight.isEmpty()) {
            return Optional.empty();
        }
        if (kinds.of(module, weight.get()).equals(Optional.of(LayerKind.EMBEDDING))) {
            return Optional.of(SkippedLayers.EMBEDDINGS);
        }
        if (linear.isOutput(module) || LinearLayers.isClassifier(module) || HEADS.contains(last)) {
            return Optional.of(SkippedLayers.HEADS);
        }
        String type = model.tree().moduleType(module).toLowerCase(Locale.ROOT);
        boolean isNorm = weight.get().shape().rank() == 1
                && (type.contains("norm")
                        || NORM.matcher(last.toLowerCase(Locale.ROOT)).matches());
        return isNorm ? Optional.of(SkippedLayers.NORMS) : Optional.empty();
    }

    private Optional<DraftTensor> weight(String module) {
        return model.find(module + ".weight").filter(tensor -> tensor.owner().isEmpty());
    }

    private void tell(Optional<ModuleNames> named, ModuleNames excluded, Map<String, String> found) {
        if (!skipped.isEmpty()) {
            List<String> words = new ArrayList<>();
            skipped.forEach((kind, layers) -> words.add(Spelling.of(kind) + " (" + FirstFew.names(layers) + ")"));
            context.warn("`skip` leaves " + String.join(", ", words) + " as they are");
        }
        named.ifPresent(names -> names.unmatched(found.keySet())
                .forEach(entry -> withoutEffect(
                        "target-modules",
                        isTakenOut(entry, excluded) ? takenOut(entry) : UnmatchedName.ofLayers(entry, modules))));
        excluded.unmatched(modules)
                .forEach(entry -> withoutEffect("exclude-modules", UnmatchedName.ofModules(entry, modules)));
        if (named.isEmpty() && found.isEmpty()) {
            withoutEffect(
                    "target-modules",
                    new UnmatchedName(
                            "the model has no linear layer that `all-linear` could mean",
                            "say which layers are linear: layers { \"**.query\" = linear }"));
        }
    }

    private boolean isTakenOut(String entry, ModuleNames excluded) {
        ModuleNames alone = ModuleNames.of(
                "target-modules", new Names(options.targetModules().isExpression(), List.of(entry)), "the options");
        return modules.stream()
                .filter(alone::contain)
                .anyMatch(module -> excluded.contain(module)
                        || skipKind(module).filter(options.skip()::contains).isPresent());
    }

    private static UnmatchedName takenOut(String entry) {
        return new UnmatchedName(
                "`" + entry + "` names modules that exclude-modules or skip take out",
                "skip = [] leaves out none by their kind");
    }

    /** What is named, and has no effect. */
    void withoutEffect(String option, UnmatchedName name) {
        if (options.strict()) {
            context.error(ProblemCode.UNMATCHED_SELECTOR, option, name.message(), name.help());
        } else {
            context.warn(name.message());
        }
    }
}
