package io.graft.model;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The model as it will be: an ordered state dict that modifiers edit, and the journal of their edits. Nothing outside the
 * draft changes until a plan is committed, so dropping the draft undoes everything.
 *
 * <p>A tensor that the model has under several names is one tensor: an edit under any of them is an edit under all, but for {@link
 * #rename}, {@link #remove} and {@link #part}, which are about the name.
 *
 * <p>Names given to the operations are canonical, as {@link DraftTensor#name} and {@link #select} return them. An unknown
 * name is a programming error of the modifier and throws {@link IllegalArgumentException}.
 */
public final class ModelDraft {
    private final List<ModuleSpec> declaredModules;
    private final Set<String> filledModules;
    private LinkedHashMap<String, DraftTensor> tensors = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private ModuleTree tree;
    private Ties ties;

    /**
     * @param modules modules that the model target knows, in depth-first order; the ones that only the tensors' names tell of
     *     are added
     * @param tensors the state dict, in the order in which it is written
     */
    public ModelDraft(List<ModuleSpec> modules, Collection<DraftTensor> tensors) {
        this.declaredModules = List.copyOf(modules);
        Ties.found(tensors).forEach(this::put);
        this.ties = Ties.of(this.tensors.values());
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
        return ties.others(existing(name));
    }

    /**
     * Ends the tie of a name, which has a tensor of its own from now on, with the values that it had. The others stay tied.
     *
     * @return the names that it was tied to; empty if it was to none, and nothing is done
     */
    public List<String> part(String name) {
        DraftTensor tensor = existing(name);
        List<String> from = ties.others(tensor);
        if (!from.isEmpty()) {
            journal(tensor.withTie(Optional.empty()), new Change.Parted(name, from));
            ties = Ties.of(tensors.values());
        }
        return from;
    }

    /** Makes a parameter untrainable. Returns whether it was trained at any time. */
    public boolean freeze(String name) {
        return train(name, Trainability.NEVER);
    }

    /** Makes a parameter trainable. Returns whether it was frozen at any time. */
    public boolean unfreeze(String name) {
        return train(name, Trainability.ALWAYS);
    }

    /**
     * Says when a parameter is trained; the last edit counts. Returns whether that is another time than before.
     *
     * @throws IllegalArgumentException if a buffer is to be trained
     */
    public boolean train(String name, Trainability trainability) {
        DraftTensor tensor = existing(name);
        if (tensor.kind() == TensorKind.BUFFER && !trainability.equals(Trainability.NEVER)) {
            throw new IllegalArgumentException("`" + name + "` is a buffer, and a buffer is never trained");
        }
        if (tensor.trainability().equals(trainability)) {
            return false;
        }
        edit(tensor.withTrainability(trainability), each -> Change.ofTraining(each, trainability));
        return true;
    }

    /**
     * Gives a tensor new values, of the tensor's own shape. Another dtype is converted to the tensor's when the values are written,
     * and journaled as a cast.
     */
    public void assign(String name, LazyTensor value) {
        DraftTensor tensor = existing(name);
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException(
                    "`" + name + "` has shape " + tensor.shape() + ", the value " + value.shape());
        }
        DType from = value.dtype();
        DType to = tensor.dtype();
        DraftTensor assigned = tensor.withBase(value);
        if (from != to) {
            requireConversion(name, from, to);
            assigned = edit(assigned, each -> new Change.Cast(each, from, to));
        }
        edit(assigned, each -> new Change.Assigned(each, tensor.kind(), value.provenance()));
    }

    /** Converts a tensor to another dtype, when it is written: edits after this one still see the values as they were. */
    public void cast(String name, DType dtype) {
        DraftTensor tensor = existing(name);
        DType from = tensor.dtype();
        if (from != dtype) {
            requireConversion(name, from, dtype);
            edit(tensor.withDtype(dtype), each -> new Change.Cast(each, from, dtype));
        }
    }

    private static void requireConversion(String name, DType from, DType to) {
        if (!DTypeConversion.isSupported(from, to)) {
            throw new IllegalArgumentException("`" + name + "` cannot be converted from " + from + " to " + to);
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
            DraftTensor next = tensor;
            if (!newName.equals(tensor.name())) {
                Change renaming = new Change.Renamed(tensor.name(), newName);
                renamings.add(renaming);
                next = tensor.withName(newName).after(renaming);
            }
            if (renamed.put(newName, next) != null) {
                throw new IllegalArgumentException("two tensors would be named `" + newName + "`");
            }
        }
        changes.addAll(renamings);
        tensors = renamed;
        ties = Ties.of(renamed.values());
        tree = null;
    }

    /** Adds a tensor that the model does not have, at the end of the state dict. */
    public void add(String name, TensorKind kind, LazyTensor value) {
        Change added = new Change.Added(name, value.provenance());
        put(new DraftTensor(
                name,
                "",
                Set.of(),
                Optional.empty(),
                kind,
                Trainability.of(kind == TensorKind.PARAMETER),
                value.dtype(),
                value,
                List.of(),
                List.of(added)));
        changes.add(added);
    }

    /** Removes a name of the state dict. A tensor that has others stays under them. */
    public void remove(String name) {
        DraftTensor removed = existing(name);
        tensors.remove(name);
        if (removed.tie().isPresent()) {
            ties = Ties.of(tensors.values());
        }
        tree = null;
        changes.add(new Change.Removed(name));
    }

    /** Puts a parametrization on top of a tensor. */
    public void parametrize(String name, Parametrization parametrization) {
        DraftTensor tensor = existing(name);
        List<Parametrization> stack = new ArrayList<>(tensor.parametrizations());
        stack.add(parametrization);
        DraftTensor parametrized = tensor.withParametrizations(stack);
        requireFit(tensor, parametrization, parametrized.value());
        edit(parametrized, each -> new Change.Parametrized(each, parametrization.id()));
    }

    /**
     * Makes what a parametrization computes on top of a tensor the tensor's own values: nothing stays on top of it, and later
     * edits see the result.
     */
    public void fold(String name, Parametrization parametrization) {
        DraftTensor tensor = existing(name);
        LazyTensor folded = parametrization.apply(tensor.value());
        requireFit(tensor, parametrization, folded);
        edit(
                tensor.withBase(folded).withParametrizations(List.of()),
                each -> new Change.Folded(each, parametrization.id()));
    }

    private static void requireFit(DraftTensor tensor, Parametrization parametrization, LazyTensor value) {
        if (value.dtype() != tensor.dtype()) {
            requireConversion(tensor.name(), value.dtype(), tensor.dtype());
        }
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException("parametrization `" + parametrization.id() + "` changes the shape of `"
                    + tensor.name() + "` from " + tensor.shape() + " to " + value.shape());
        }
    }

    /** Every edit so far, in order. */
    public List<Change> changes() {
        return Collections.unmodifiableList(changes);
    }

    /** Replaces a tensor, under each name that it has. */
    private DraftTensor edit(DraftTensor edited, Function<String, Change> change) {
        DraftTensor before = existing(edited.name());
        DraftTensor journaled = journal(edited, change.apply(edited.name()));
        ties.others(edited).forEach(other -> journal(existing(other).following(before, edited), change.apply(other)));
        return journaled;
    }

    private DraftTensor journal(DraftTensor edited, Change change) {
        DraftTensor journaled = edited.after(change);
        tensors.put(journaled.name(), journaled);
        changes.add(change);
        return journaled;
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
