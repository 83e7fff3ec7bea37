package io.graft.torchscript.notes;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of an archive as a model with the parametrizations that its notes tell of. */
public final class NotedModel {
    private final ScriptNotes notes;
    private final Map<String, DraftTensor> present = new LinkedHashMap<>();
    private final Map<String, LazyTensor> values = new HashMap<>();
    private final Map<String, Owner> owners = new HashMap<>();
    private final Map<String, List<Applied>> stacks = new HashMap<>();
    /** Bases by the tensor that they come before. */
    private final Map<String, List<DraftTensor>> before = new HashMap<>();

    private final Set<String> replaced = new HashSet<>();

    private NotedModel(ScriptNotes notes, List<DraftTensor> tensors) {
        this.notes = notes;
        tensors.forEach(tensor -> {
            present.put(tensor.name(), tensor);
            values.put(tensor.name(), tensor.base());
        });
    }

    /**
     * The model.
     *
     * @param tensors all that the archive has
     * @throws IllegalArgumentException if the notes do not fit them
     */
    public static List<DraftTensor> of(ScriptNotes notes, List<DraftTensor> tensors) {
        NotedModel model = new NotedModel(notes, tensors);
        Map<String, Double> weights = new HashMap<>();
        notes.switches().forEach((adapter, name) -> weights.put(adapter, model.weight(name)));
        notes.entries().forEach(entry -> model.apply(entry, weights.getOrDefault(entry.adapter(), 1.0)));
        notes.bases().forEach(model::restore);
        return model.tensors();
    }

    private LazyTensor value(String name) {
        LazyTensor value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("`" + name + "` is not there");
        }
        return value;
    }

    /** What it was set to, which is the shortest number that gives what is stored. */
    private double weight(String name) {
        try {
            TensorData data = value(name).materialize();
            return Double.parseDouble(Float.toString(data.window(0, Float.BYTES).getFloat(0)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void apply(ScriptNotes.Entry entry, double weight) {
        List<OwnedTensor> owned = new ArrayList<>();
        Map<String, Applied.Owned> slots = new LinkedHashMap<>();
        for (ScriptNotes.Slot slot : entry.slots()) {
            LazyTensor value = value(slot.tensor());
            DraftTensor tensor = present.get(slot.tensor());
            slots.put(slot.slot(), new Applied.Owned(slot.tensor(), value));
            owned.add(new OwnedTensor(slot.slot(), tensor.kind(), tensor.trainability(), slot.sharing(), value));
            if (slot.tensor().equals(entry.tensor())) {
                replaced.add(slot.tensor());
            } else {
                owners.putIfAbsent(
                        slot.tensor(), new Owner(entry.tensor(), entry.adapter(), slot.slot(), slot.sharing()));
            }
        }
        stacks.computeIfAbsent(entry.tensor(), name -> new ArrayList<>())
                .add(new Applied(entry.adapter(), new SavedParametrization(entry, owned, values), weight, slots));
    }

    private void restore(ScriptNotes.Base base) {
        LazyTensor value = new ReplacedBase(base.names().get(0), base.dtype(), base.shape());
        for (String name : base.names()) {
            String first = notes.entries().stream()
                    .filter(entry -> entry.tensor().equals(name))
                    .flatMap(entry -> entry.slots().stream())
                    .map(ScriptNotes.Slot::tensor)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("`" + name + "` has no storage"));
            before.computeIfAbsent(first, place -> new ArrayList<>())
                    .add(DraftTensor.initial(name, Set.of(), base.kind(), false, value));
        }
    }

    private List<DraftTensor> tensors() {
        Set<String> internal = new HashSet<>(notes.internal());
        internal.addAll(notes.switches().values());
        List<DraftTensor> tensors = new ArrayList<>();
        for (DraftTensor tensor : present.values()) {
            before.getOrDefault(tensor.name(), List.of()).forEach(base -> tensors.add(described(base)));
            if (!internal.contains(tensor.name()) && !replaced.contains(tensor.name())) {
                tensors.add(described(tensor));
            }
        }
        return tensors;
    }

    private DraftTensor described(DraftTensor tensor) {
        DraftTensor described =
                owners.containsKey(tensor.name()) ? tensor.withOwner(owners.get(tensor.name())) : tensor;
        List<Applied> stack = stacks.get(tensor.name());
        return stack == null ? described : described.withParametrizations(stack);
    }
}
