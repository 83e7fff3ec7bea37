package io.graft.modifiers.lora.method;

import io.graft.layer.LayerKind;
import io.graft.layer.NamePatterns;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.method.AdaptedTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.AdapterMethods;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.target.Layer;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.modifiers.lora.value.FiniteTensor;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Plans the updates of a method, with the tensors that it starts with, or those of a file. */
public final class MethodUpdates {
    private final AdapterMethod method;
    private final AdapterSettings settings;
    private final AdapterConfig config;
    private final ModelDraft model;
    private final long seed;
    private final String option;
    private final Findings findings;
    private final Map<String, OwnedTensor> shared = new HashMap<>();

    /**
     * @param settings with all of the method's own keys
     * @param option the one at fault where something cannot be adapted
     */
    public MethodUpdates(
            AdapterMethod method,
            AdapterSettings settings,
            AdapterConfig config,
            ModelDraft model,
            long seed,
            String option,
            Findings findings) {
        this.method = method;
        this.settings = settings;
        this.config = config;
        this.model = model;
        this.seed = seed;
        this.option = option;
        this.findings = findings;
    }

    /** Tensors of a file. */
    interface Stored {
        /** That of a slot; empty if the file has none. */
        Optional<AdapterTensor> find(Layer layer, OwnedTensor start);

        AdapterSource source();
    }

    public List<Edit> plan(List<Layer> layers, Optional<Stored> stored, UpdateUse use) {
        AdaptedTensor.Widest widest = new AdaptedTensor.Widest(0, 0);
        for (Layer layer : layers) {
            AdaptedTensor weight = adapted(layer, false, widest);
            widest = new AdaptedTensor.Widest(
                    Math.max(widest.inputs(), weight.inputs()), Math.max(widest.outputs(), weight.outputs()));
        }
        List<Edit> edits = new ArrayList<>();
        for (Layer layer : layers) {
            if (isPossible(layer, widest)) {
                plan(layer, widest, stored, use, edits);
            }
        }
        return edits;
    }

    private boolean isPossible(Layer layer, AdaptedTensor.Widest widest) {
        Optional<NamePatterns<Double>> ambiguous = config.ambiguous(layer.path());
        ambiguous.ifPresent(patterns -> findings.error(
                ProblemCode.NAME_COLLISION,
                option,
                "`" + layer.path() + "` fits patterns with the values " + patterns.valuesOf(layer.path()),
                "keep one pattern for each module"));
        if (ambiguous.isPresent()) {
            return false;
        }
        Optional<String> refusal = method.refusal(adapted(layer, false, widest));
        refusal.ifPresent(
                why -> findings.error(ProblemCode.UNSUPPORTED_CHANGE, option, "`" + layer.path() + "` " + why, ""));
        return refusal.isEmpty();
    }

    private void plan(
            Layer layer, AdaptedTensor.Widest widest, Optional<Stored> stored, UpdateUse use, List<Edit> edits) {
        AdaptedTensor weight = adapted(layer, false, widest);
        Optional<List<OwnedTensor>> owned = owned(layer, method.start(weight), stored);
        if (owned.isEmpty()) {
            return;
        }
        String description = AdapterMethods.id(method)
                + stored.map(file -> ", from " + file.source().uri()).orElse(" for `" + layer.reason() + "`");
        edits.add(use.update(
                layer.weight(), layer.path(), false, new MethodUpdate(method, weight, owned.get(), description)));
        Optional<DraftTensor> bias = model.find(layer.module() + ".bias");
        if (bias.isPresent() && method.isForBias(weight)) {
            AdaptedTensor ofBias = adapted(layer, true, widest);
            edits.add(use.update(
                    bias.get(), layer.path(), false, new MethodUpdate(method, ofBias, owned.get(), description)));
        }
    }

    private AdaptedTensor adapted(Layer layer, boolean isBias, AdaptedTensor.Widest widest) {
        return new AdaptedTensor(
                layer.path(),
                layer.kind(),
                layer.weight().shape(),
                layer.kind() == LayerKind.CONVOLUTION
                        ? model.tree().groups(layer.module()).orElse(1)
                        : 1,
                isBias,
                Factors.dtypeFor(layer.weight().dtype()),
                (long) config.rank(layer.path()),
                config.alpha(layer.path()),
                settings,
                widest,
                seed);
    }

    private Optional<List<OwnedTensor>> owned(Layer layer, List<OwnedTensor> start, Optional<Stored> stored) {
        List<OwnedTensor> owned = new ArrayList<>();
        for (OwnedTensor each : start) {
            Optional<OwnedTensor> one = stored.isPresent() ? stored(layer, each, stored.get()) : Optional.of(each);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            owned.add(
                    each.sharing() == Sharing.ADAPTER
                            ? shared.computeIfAbsent(each.slot(), first -> one.get())
                            : one.get());
        }
        return Optional.of(owned);
    }

    private Optional<OwnedTensor> stored(Layer layer, OwnedTensor start, Stored stored) {
        boolean isShared = start.sharing() == Sharing.ADAPTER;
        Optional<AdapterTensor> found = stored.find(layer, start);
        if (found.isEmpty()) {
            if (isShared && start.kind() == TensorKind.BUFFER) {
                return Optional.of(start);
            }
            findings.error(
                    ProblemCode.MISSING_TENSOR,
                    "the adapter has no `" + start.slot() + "` for `" + layer.path() + "`",
                    "the two files may be of different adapters");
            return Optional.empty();
        }
        AdapterTensor tensor = found.get();
        if (!isShared && !tensor.shape().equals(start.initial().shape())) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + tensor.key() + "` has the shape " + tensor.shape() + ", and " + method.peftType() + " has "
                            + start.initial().shape() + " for `"
                            + layer.weight().name() + "`",
                    "the adapter was trained on another model, or its two files are of different adapters");
            return Optional.empty();
        }
        return Optional.of(new OwnedTensor(
                start.slot(),
                start.kind(),
                start.trainability(),
                start.sharing(),
                new FiniteTensor(stored.source(), tensor)));
    }

    /** What a file has of the method and no layer takes. */
    void refuseUnused(Map<String, Map<String, AdapterTensor>> byModule, List<Layer> layers) {
        Set<String> slots = layers.stream()
                .flatMap(layer -> method.start(adapted(layer, false, new AdaptedTensor.Widest(1, 1))).stream()
                        .map(each -> layer.path() + " " + each.slot()))
                .collect(Collectors.toSet());
        Set<String> unused = new TreeSet<>();
        byModule.forEach((module, tensors) -> tensors.forEach((slot, tensor) -> {
            if (!module.isEmpty() && !slots.contains(module + " " + slot)) {
                unused.add(tensor.key());
            }
        }));
        if (!unused.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter's configuration has no place for " + Quoting.names(unused),
                    "the two files may be of different adapters");
        }
    }
}
