package io.graft.model;

import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The model as it will be: an ordered state dict that modifiers edit, and the journal of their edits. Nothing outside the
 * draft changes until a plan is committed, so dropping the draft undoes everything.
 *
 * <p>Names given to the operations are canonical, as {@link DraftTensor#name} and {@link #select} return them. An unknown
 * name is a programming error of the modifier and throws {@link IllegalArgumentException}.
 */
public final class ModelDraft {
    private final Ties ties;
    private final List<ModuleSpec> declaredModules;
    private final Set<String> filledModules;
    private LinkedHashMap<String, DraftTensor> tensors = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private ModuleTree tree;

    /**
     * @param modules modules that the model target knows, in depth-first order; the ones that only the tensors' names tell of
     *     are added
     * @param tensors the state dict, in the order in which it is written
     */
    public ModelDraft(List<ModuleSpec> modules, Collection<DraftTensor> tensors) {
        this.declaredModules = List.copyOf(modules);
        this.ties = Ties.of(tensors);
        for (DraftTensor tensor : tensors) {
            put(tensor);
        }
        this.filledModules = declaredModules.isEmpty() ? Set.of() : DottedPath.modulesOf(this.tensors.keySet());
    }

    /** The state dict in order. */
    public Collection<DraftTensor> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /** The tensor with this canonical name. */
    public Optional<DraftTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** The tree that the names span, with every spelling of each segment. */
    public ModuleTree tree() {
        if (tree == null) {
            tree = ModuleTree.of(remainingModules(), tensors.values());
        }
        return tree;
    }

    /** The declared modules but those whose tensors were all removed or renamed away. */
    private List<ModuleSpec> remainingModules() {
        if (declaredModules.isEmpty()) {
            return declaredModules;
        }
        Set<String> filled = DottedPath.modulesOf(tensors.keySet());
        return declaredModules.stream()
                .filter(module -> filled.contains(module.path()) || !filledModules.contains(module.path()))
                .toList();
    }

    /** What a selector selects, in the order of the state dict. */
    public Selection select(Selector selector) {
        return selector.select(tree());
    }

    /** The other names under which the model has the very same tensor, in order; assigning values does not tie or untie. */
    public List<String> tiedTo(String name) {
        Set<String> tied = ties.to(existing(name).origin());
        return tied.isEmpty()
                ? List.of()
                : tensors.values().stream()
                        .filter(tensor -> tied.contains(tensor.origin()))
                        .map(DraftTensor::name)
                        .toList();
    }

    /** Makes a parameter untrainable. Returns whether it was trainable. */
    public boolean freeze(String name) {
        return setTrainable(name, false, new Change.Frozen(name));
    }

    /** Makes a parameter trainable. Returns whether it was frozen. */
    public boolean unfreeze(String name) {
        if (existing(name).kind() == TensorKind.BUFFER) {
            throw new IllegalArgumentException("`" + name + "` is a buffer, and a buffer is never trained");
        }
        return setTrainable(name, true, new Change.Unfrozen(name));
    }

    private boolean setTrainable(String name, boolean trainable, Change change) {
        DraftTensor tensor = existing(name);
        if (tensor.trainable() == trainable) {
            return false;
        }
        tensors.put(name, tensor.withTrainable(trainable));
        changes.add(change);
        return true;
    }

    /** Gives a tensor new values, of the tensor's own shape; another dtype is converted to the tensor's and journaled as a cast. */
    public void assign(String name, LazyTensor value) {
        DraftTensor tensor = existing(name);
        if (!value.shape().equals(tensor.base().shape())) {
            throw new IllegalArgumentException(
                    "`" + name + "` has shape " + tensor.base().shape() + ", the value " + value.shape());
        }
        DType from = value.dtype();
        DType to = tensor.base().dtype();
        if (from != to) {
            CastTensor cast = new CastTensor(value, to);
            tensors.put(name, tensor.withBase(cast));
            changes.add(new Change.Cast(name, from, to, cast));
        } else {
            tensors.put(name, tensor.withBase(value));
        }
        changes.add(new Change.Assigned(name, tensor.kind(), value.provenance()));
    }

    /** Converts a tensor to another dtype. */
    public void cast(String name, DType dtype) {
        DraftTensor tensor = existing(name);
        DType from = tensor.base().dtype();
        if (from != dtype) {
            CastTensor cast = new CastTensor(tensor.base(), dtype);
            tensors.put(name, tensor.withBase(cast));
            changes.add(new Change.Cast(name, from, dtype, cast));
        }
    }

    /**
     * Renames tensors, all at once: {@code {a=b, b=a}} exchanges two.
     *
     * @throws IllegalArgumentException if two tensors would have one name
     */
    public void rename(Map<String, String> newNames) {
        newNames.keySet().forEach(this::existing);
        LinkedHashMap<String, DraftTensor> renamed = new LinkedHashMap<>();
        List<Change> renamings = new ArrayList<>();
        for (DraftTensor tensor : tensors.values()) {
            String newName = newNames.getOrDefault(tensor.name(), tensor.name());
            if (renamed.put(newName, tensor.withName(newName)) != null) {
                throw new IllegalArgumentException("two tensors would be named `" + newName + "`");
            }
            if (!newName.equals(tensor.name())) {
                renamings.add(new Change.Renamed(tensor.name(), newName));
            }
        }
        changes.addAll(renamings);
        tensors = renamed;
        tree = null;
    }

    /** Adds a tensor that the model does not have, at the end of the state dict. */
    public void add(String name, TensorKind kind, LazyTensor value) {
        put(new DraftTensor(name, "", Set.of(), kind, kind == TensorKind.PARAMETER, value, List.of()));
        changes.add(new Change.Added(name, value.provenance()));
    }

    /** Removes a tensor. */
    public void remove(String name) {
        existing(name);
        tensors.remove(name);
        tree = null;
        changes.add(new Change.Removed(name));
    }

    /** Puts a parametrization on top of a tensor. */
    public void parametrize(String name, Parametrization parametrization) {
        DraftTensor tensor = existing(name);
        List<Parametrization> stack = new ArrayList<>(tensor.parametrizations());
        stack.add(parametrization);
        DraftTensor parametrized = tensor.withParametrizations(stack);
        requireSameShape(tensor, parametrization, parametrized.value());
        tensors.put(name, parametrized);
        changes.add(new Change.Parametrized(name, parametrization.id()));
    }

    /**
     * Makes what a parametrization computes on top of a tensor the tensor's own values: nothing stays on top of it, and later
     * edits see the result.
     */
    public void fold(String name, Parametrization parametrization) {
        DraftTensor tensor = existing(name);
        LazyTensor folded = parametrization.apply(tensor.value());
        requireSameShape(tensor, parametrization, folded);
        tensors.put(name, tensor.withBase(folded).withParametrizations(List.of()));
        changes.add(new Change.Folded(name, parametrization.id()));
    }

    private static void requireSameShape(DraftTensor tensor, Parametrization parametrization, LazyTensor value) {
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException("parametrization `" + parametrization.id() + "` changes the shape of `"
                    + tensor.name() + "` from " + tensor.shape() + " to " + value.shape());
        }
    }

    /** Every edit so far, in order. */
    public List<Change> changes() {
        return Collections.unmodifiableList(changes);
    }

    private void put(DraftTensor tensor) {
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw new IllegalArgumentException("the model already has a tensor named `" + tensor.name() + "`");
        }
        tree = null;
    }

    private DraftTensor existing(String name) {
        DraftTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the model has no tensor named `" + name + "`");
        }
        return tensor;
    }
}
