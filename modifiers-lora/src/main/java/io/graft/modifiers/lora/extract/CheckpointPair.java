package io.graft.modifiers.lora.extract;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.layer.ModuleNames;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.Selector;
import io.graft.modifiers.lora.config.ConfiguredModules;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.modifiers.lora.update.Factors;
import io.graft.problem.Suggestions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Two checkpoints of one model, tensor by tensor: of which an update can be made, which are taken whole, and which are left. */
final class CheckpointPair {
    private static final int WINDOW = 1 << 20;

    private final Checkpoint base;
    private final Checkpoint trained;
    private final Optional<ModuleNames> targets;
    private final ModuleNames saved;
    private final TargetRank rank;
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final List<WeightDifference> differences = new ArrayList<>();
    private final List<StoredTensor> whole = new ArrayList<>();
    private final List<LeftTensor> left = new ArrayList<>();
    private boolean hasTies;

    CheckpointPair(
            Checkpoint base,
            Checkpoint trained,
            List<String> targets,
            List<String> whole,
            Map<String, LayerKind> layers,
            TargetRank rank)
            throws IOException {
        this.base = base;
        this.trained = trained;
        AdapterSettings settings =
                AdapterSettings.of("the options", Map.of("target_modules", targets, "modules_to_save", whole));
        this.targets = ConfiguredModules.targets(settings);
        this.saved = ConfiguredModules.saved(settings);
        this.rank = rank;
        this.model = new ModelDraft(
                List.of(),
                base.tensors().values().stream()
                        .map(entry -> DraftTensor.initial(
                                entry.name(), Set.of(), TensorKind.PARAMETER, true, stored(entry, base)))
                        .toList());
        this.kinds = LayerKinds.of(model, told(layers), base.configuration().values());
        requireNamed(saved);
        this.targets.ifPresent(this::requireNamed);
        sort();
    }

    /** What updates can be made of, should it differ; in the order of the base. */
    List<WeightDifference> differences() {
        return differences;
    }

    /** What the adapter has whole. */
    List<StoredTensor> whole() {
        return whole;
    }

    /** What differs otherwise. */
    List<LeftTensor> left() {
        return left;
    }

    /** Whether a tensor of both has several names, of which the adapter has one. */
    boolean hasTies() {
        return hasTies;
    }

    private static StoredTensor stored(TensorEntry entry, Checkpoint of) {
        return StoredTensor.of(entry, of.path().toString());
    }

    private Map<String, LayerKind> told(Map<String, LayerKind> layers) {
        Map<String, LayerKind> told = new HashMap<>();
        layers.forEach((selector, kind) -> {
            List<String> tensors = Selector.parse(selector).select(model.tree()).tensors();
            if (tensors.isEmpty()) {
                throw refusal(base, "has nothing that `" + selector + "` of the layers selects", nearest(selector));
            }
            tensors.forEach(tensor -> told.put(DottedPath.parent(tensor), kind));
        });
        return told;
    }

    private String nearest(String name) {
        return Suggestions.didYouMean(model.tree().nearest(name));
    }

    /** Every name names something. */
    private void requireNamed(ModuleNames names) {
        List<String> modules = trained.tensors().keySet().stream()
                .map(DottedPath::parent)
                .distinct()
                .toList();
        for (String entry : names.unmatched(modules)) {
            throw refusal(trained, "has no module `" + entry + "` of " + names.key(), nearest(entry));
        }
    }

    private static CheckpointException refusal(Checkpoint of, String what, String help) {
        return new CheckpointException(Reason.NOT_FOUND, of.path(), what, help);
    }

    private void sort() throws IOException {
        Predicate<String> isTied = tied();
        for (TensorEntry before : base.tensors().values()) {
            TensorEntry after = trained.tensors().get(before.name());
            if (after == null) {
                left.add(new LeftTensor(before.name(), "is in the base alone"));
            } else if (!isWhole(before.name()) && !isTied.test(before.name())) {
                sort(before, after);
            }
        }
        for (TensorEntry after : trained.tensors().values()) {
            if (isWhole(after.name())) {
                whole.add(stored(after, trained));
            } else if (!base.tensors().containsKey(after.name())) {
                left.add(new LeftTensor(after.name(), "is in the trained checkpoint alone"));
            }
        }
    }

    private boolean isWhole(String name) {
        return saved.contain(DottedPath.parent(name));
    }

    /** Further names of tensors that have several in both. */
    private Predicate<String> tied() {
        Set<List<String>> there = new HashSet<>(trained.ties());
        Set<String> further = new HashSet<>();
        base.ties().stream().filter(there::contains).forEach(names -> further.addAll(names.subList(1, names.size())));
        hasTies = !further.isEmpty();
        return further::contains;
    }

    private void sort(TensorEntry before, TensorEntry after) throws IOException {
        Optional<String> misfit = misfit(before, after);
        if (misfit.isEmpty()) {
            String module = DottedPath.parent(before.name());
            LayerKind kind =
                    kinds.of(module, model.find(before.name()).orElseThrow()).orElseThrow();
            differences.add(new WeightDifference(module, kind, stored(before, base), stored(after, trained), rank));
        } else if (!areSame(before, after)) {
            left.add(new LeftTensor(before.name(), misfit.get()));
        }
    }

    /** Why no update can be made of a tensor. */
    private Optional<String> misfit(TensorEntry before, TensorEntry after) {
        if (!before.shape().equals(after.shape())) {
            return Optional.of("has the shape " + before.shape() + " in the base, and " + after.shape()
                    + " in the trained checkpoint");
        }
        if (!Factors.areComputable(before.dtype()) || !Factors.areComputable(after.dtype())) {
            return Optional.of("differs, and is " + before.dtype() + " in the base, " + after.dtype()
                    + " in the trained checkpoint");
        }
        if (before.shape().rank() < 2
                || !DottedPath.last(before.name()).equals("weight")
                || before.shape().elementCount() == 0) {
            return Optional.of("differs, and is no weight of a layer that can be adapted");
        }
        String module = DottedPath.parent(before.name());
        if (kinds.of(module, model.find(before.name()).orElseThrow()).isEmpty()) {
            return Optional.of(
                    before.shape().rank() == 2
                            ? "differs, and may be linear, transposed or an embedding (say it with --layer)"
                            : "differs, and is no weight of a layer that can be adapted");
        }
        return targets.filter(names -> !names.contain(module)).isPresent()
                ? Optional.of("differs, and is in no module of --target-modules")
                : Optional.empty();
    }

    private static boolean areSame(TensorEntry before, TensorEntry after) throws IOException {
        if (before.dtype() != after.dtype() || !before.shape().equals(after.shape())) {
            return false;
        }
        long count = before.data().byteCount();
        for (long at = 0; at < count; at += WINDOW) {
            int length = (int) Math.min(WINDOW, count - at);
            if (!before.data().window(at, length).equals(after.data().window(at, length))) {
                return false;
            }
        }
        return true;
    }
}
