package io.graft.model;

import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.ModuleTree;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The tensors of a draft by their names, which of those names stand for one tensor, and the journal of what became of them. */
final class StateDict {
    private final DeclaredModules declared;
    private final List<Change> changes = new ArrayList<>();
    private LinkedHashMap<String, DraftTensor> tensors = new LinkedHashMap<>();
    private Ties ties;
    private ModuleTree tree;

    StateDict(List<ModuleSpec> modules, Collection<DraftTensor> initial) {
        Ties.found(initial).forEach(this::put);
        this.ties = Ties.of(tensors.values());
        this.declared = new DeclaredModules(modules, tensors.keySet());
    }

    /** In order. */
    Collection<DraftTensor> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    List<Change> changes() {
        return Collections.unmodifiableList(changes);
    }

    DeclaredModules declared() {
        return declared;
    }

    ModuleTree tree() {
        if (tree == null) {
            tree = ModuleTree.of(
                    declared.remaining(tensors.keySet()), tensors.values(), DraftTensor::name, DraftTensor::aliases);
        }
        return tree;
    }

    Optional<DraftTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * @throws IllegalArgumentException if there is none
     */
    DraftTensor existing(String name) {
        DraftTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the model has no tensor named `" + name + "`");
        }
        return tensor;
    }

    /** The other names of a tensor, in order. */
    List<String> others(DraftTensor tensor) {
        return ties.others(tensor);
    }

    /** Whether this is the name that counts, of a tensor that has several. */
    boolean counts(DraftTensor tensor) {
        return ties.counts(tensor);
    }

    /** Replaces a tensor, under each name that it has. */
    DraftTensor edit(DraftTensor edited, Function<String, Change> change) {
        Change first = change.apply(edited.name());
        DraftTensor journaled = edited.after(first);
        DraftTensor before = tensors.put(edited.name(), journaled);
        changes.add(first);
        if (edited.tie().isPresent()) {
            for (String other : ties.others(edited)) {
                Change same = change.apply(other);
                replace(existing(other).following(before, edited).after(same));
                changes.add(same);
            }
        }
        return journaled;
    }

    /** Without an entry in the journal. */
    void replace(DraftTensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    /** An entry of the journal for what is done beside. */
    void note(Change change) {
        changes.add(change);
    }

    /** At the end, without an entry in the journal. */
    void put(DraftTensor tensor) {
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw new IllegalArgumentException("the model already has a tensor named `" + tensor.name() + "`");
        }
        tree = null;
    }

    /** Puts tensors before the one that is at a place, and journals that. */
    void insert(List<DraftTensor> added, int place) {
        List<DraftTensor> all = new ArrayList<>(tensors.values());
        List<DraftTensor> journaled = new ArrayList<>();
        for (DraftTensor tensor : added) {
            Change change = new Change.Added(tensor.name(), tensor.base().provenance());
            journaled.add(tensor.after(change));
            changes.add(change);
        }
        all.addAll(place, journaled);
        tensors = new LinkedHashMap<>();
        all.forEach(this::put);
    }

    /** Without an entry in the journal. */
    void drop(String name) {
        DraftTensor dropped = tensors.remove(name);
        if (dropped.tie().isPresent()) {
            ties = Ties.of(tensors.values());
        }
        tree = null;
    }

    /**
     * What parametrizations own belongs to one tensor.
     *
     * @throws IllegalArgumentException if the tensor has other names, and parametrizations stand on it
     */
    void requirePartable(DraftTensor tensor) {
        List<String> others = ties.others(tensor);
        if (!others.isEmpty() && !tensor.parametrizations().isEmpty()) {
            throw new IllegalArgumentException("`" + tensor.name() + "` is one tensor with " + Quoting.names(others)
                    + ", which is parametrized: fold what is on it, or take it off, first");
        }
    }

    /** Ends the tie of a name, and tells the names that it was tied to. */
    List<String> part(String name) {
        DraftTensor tensor = existing(name);
        List<String> from = ties.others(tensor);
        requirePartable(tensor);
        if (!from.isEmpty()) {
            Change parted = new Change.Parted(name, from);
            replace(tensor.withTie(Optional.empty()).after(parted));
            changes.add(parted);
            ties = Ties.of(tensors.values());
        }
        return from;
    }

    /**
     * Renames tensors all at once, and what they own with them.
     *
     * @return each that has another name now, by the one before
     * @throws IllegalArgumentException if two tensors would have one name
     */
    Map<String, Change.Renamed> rename(Map<String, String> newNames) {
        LinkedHashMap<String, DraftTensor> renamed = new LinkedHashMap<>();
        Map<String, String> formerNames = new HashMap<>();
        Map<String, Change.Renamed> renamings = new LinkedHashMap<>();
        for (DraftTensor tensor : tensors.values()) {
            DraftTensor next = tensor.owner()
                    .map(owner -> tensor.withOwner(owner.of(newNames.getOrDefault(owner.tensor(), owner.tensor()))))
                    .orElseGet(() -> tensor.withName(newNames.getOrDefault(tensor.name(), tensor.name())));
            if (!next.name().equals(tensor.name())) {
                Change.Renamed renaming = new Change.Renamed(tensor.name(), next.name());
                renamings.put(tensor.name(), renaming);
                next = next.after(renaming);
            }
            String other = formerNames.put(next.name(), tensor.name());
            if (other != null) {
                throw new IllegalArgumentException(
                        "`" + other + "` and `" + tensor.name() + "` would both be called `" + next.name() + "`");
            }
            renamed.put(next.name(), next);
        }
        changes.addAll(renamings.values());
        tensors = renamed;
        ties = Ties.of(renamed.values());
        tree = null;
        return renamings;
    }
}
