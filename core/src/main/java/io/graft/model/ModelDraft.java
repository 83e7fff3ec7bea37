package io.graft.model;

import io.graft.model.modules.ModuleSource;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selection;
import io.graft.model.tree.Selector;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
    private final StateDict dict;
    private final Parametrizing parametrizing;
    private final Storages storages;
    private final Adapters adapters;
    private final ModuleEditing editing;

    /**
     * @param modules modules that the model target knows, in depth-first order; the ones that only the tensors' names tell of
     *     are added
     * @param tensors the state dict, in the order in which it is written
     */
    public ModelDraft(List<ModuleSpec> modules, Collection<DraftTensor> tensors) {
        this.dict = new StateDict(modules, tensors);
        this.parametrizing = new Parametrizing(dict);
        this.storages = new Storages(dict, parametrizing);
        this.adapters = new Adapters(dict, parametrizing, storages);
        this.editing = new ModuleEditing(dict, adapters);
    }

    /** The state dict in order. */
    public Collection<DraftTensor> tensors() {
        return dict.tensors();
    }

    /** The tensor with this canonical name. */
    public Optional<DraftTensor> find(String name) {
        return dict.find(name);
    }

    /** The tree that the names span, with every spelling of each segment. */
    public ModuleTree tree() {
        return dict.tree();
    }

    /** What a selector selects, in the order of the state dict. */
    public Selection select(Selector selector) {
        return selector.select(tree());
    }

    /** The other names under which the model has the very same tensor, in order; assigning values does not tie or untie. */
    public List<String> tiedTo(String name) {
        return dict.others(dict.existing(name));
    }

    /**
     * Ends the tie of a name, which has a tensor of its own from now on, with the values that it had. The others stay tied.
     *
     * @return the names that it was tied to; empty if it was to none, and nothing is done
     * @throws IllegalArgumentException if parametrizations stand on the tensor
     */
    public List<String> part(String name) {
        return dict.part(name);
    }

    /** Makes a parameter untrainable. Returns whether it was trained at any time. */
    public boolean freeze(String name) {
        return train(name, Trainability.never());
    }

    /** Makes a parameter trainable. Returns whether it was frozen at any time. */
    public boolean unfreeze(String name) {
        return train(name, Trainability.always());
    }

    /**
     * Says when a parameter is trained; the last edit counts. Returns whether that is another time than before.
     *
     * @throws IllegalArgumentException if a buffer is to be trained
     */
    public boolean train(String name, Trainability trainability) {
        DraftTensor tensor = dict.existing(name);
        if (tensor.kind() == TensorKind.BUFFER && !trainability.equals(Trainability.never())) {
            throw new IllegalArgumentException("`" + name + "` is a buffer, and a buffer is never trained");
        }
        if (tensor.trainability().equals(trainability)) {
            return false;
        }
        if (!trainability.equals(Trainability.never())) {
            storages.requireNotStored(tensor);
        }
        edit(tensor.withTrainability(trainability), each -> Change.ofTraining(each, trainability));
        return true;
    }

    /**
     * Gives a tensor new values, of the tensor's own shape. Another dtype is converted to the tensor's when the values are written,
     * and journaled as a cast. A storage that the model came with gives way.
     *
     * @throws IllegalArgumentException if the shape is another one, if there is no such conversion, or if a storage that was put there
     *     since holds the tensor's values
     */
    public void assign(String name, LazyTensor value) {
        DraftTensor tensor = dict.existing(name);
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException(
                    "`" + name + "` has shape " + tensor.shape() + ", the value " + value.shape());
        }
        replaceBase(
                storages.unstored(tensor), value, each -> new Change.Assigned(each, tensor.kind(), value.provenance()));
    }

    /**
     * Gives a tensor new values, of any shape. Its place in the state dict, its kind and when it is trained stay; so does its dtype,
     * as with {@link #assign}.
     *
     * @throws IllegalArgumentException if there is no conversion to the tensor's dtype, or if parametrizations stand on the tensor
     */
    public void resize(String name, LazyTensor value) {
        if (value.shape().equals(dict.existing(name).shape())) {
            assign(name, value);
            return;
        }
        DraftTensor tensor = withoutItsStorage(name);
        if (!tensor.parametrizations().isEmpty()) {
            throw new IllegalArgumentException(
                    "`" + name + "` is parametrized, and cannot be resized: fold what is on it, or take it off, first");
        }
        replaceBase(tensor, value, each -> new Change.Resized(each, tensor.shape(), value.shape(), value.provenance()));
    }

    private void replaceBase(DraftTensor tensor, LazyTensor value, Function<String, Change> change) {
        DType from = value.dtype();
        DType to = tensor.dtype();
        DraftTensor replaced = tensor.withBase(value);
        if (from != to) {
            requireConversion(tensor.name(), from, to);
            replaced = edit(replaced, each -> new Change.Cast(each, from, to));
        }
        edit(replaced, change);
    }

    /**
     * Converts a tensor to another dtype, when it is written: edits after this one still see the values as they were. A storage that
     * the model came with is folded, whatever the dtype, for codes have no other one.
     */
    public void cast(String name, DType dtype) {
        DraftTensor tensor = withoutItsStorage(name);
        DType from = tensor.dtype();
        if (from != dtype) {
            requireConversion(name, from, dtype);
            edit(tensor.withDtype(dtype), each -> new Change.Cast(each, from, dtype));
        }
    }

    /** A tensor whose values lie in numbers, if the storage of them is the one that the model came with. */
    private DraftTensor withoutItsStorage(String name) {
        DraftTensor tensor = dict.existing(name);
        return tensor.cameStored() ? storages.unstored(tensor) : tensor;
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
        newNames.keySet().forEach(name -> parametrizing.requireFree(dict.existing(name)));
        parametrizing.follow(dict.rename(newNames));
    }

    /** Adds a tensor that the model does not have, at the end of the state dict. */
    public void add(String name, TensorKind kind, LazyTensor value) {
        Change added = new Change.Added(name, value.provenance());
        dict.put(DraftTensor.added(name, kind, value).after(added));
        dict.note(added);
    }

    /**
     * Removes a name of the state dict, and what parametrizations of its tensor own. A tensor that has other names stays under them.
     *
     * @throws IllegalArgumentException if parametrizations stand on a tensor that has other names
     */
    public void remove(String name) {
        DraftTensor tensor = dict.existing(name);
        parametrizing.requireFree(tensor);
        dict.requirePartable(tensor);
        dict.drop(name);
        adapters.dropUnused(tensor.parametrizations());
        dict.note(new Change.Removed(name));
    }

    /**
     * Puts another module in the place of one. Names of tensors in the old one end, with the parametrizations that stand on them; a
     * tensor that has a name elsewhere, too, stays under that. Those of the new one come in their place, parameters as trainable.
     *
     * @param path canonical path of a module, not the root
     * @throws IllegalArgumentException if there is no such module, if the source does not tell proper tensors, or if parametrizations
     *     stand on a tensor that has a name elsewhere
     */
    public void replaceModule(String path, ModuleSource source) {
        editing.replace(path, source);
    }

    /**
     * Adds a module that the model does not have, at the end of the state dict.
     *
     * @param path its last segment is the new module's, the rest is that of a module
     * @throws IllegalArgumentException if there is something of that path already, or no module to add it to
     */
    public void addModule(String path, ModuleSource source) {
        editing.add(path, source);
    }

    /**
     * Removes a module, and the names of tensors in it as {@link #replaceModule} does.
     *
     * @throws IllegalArgumentException if there is no such module, or if parametrizations stand on a tensor that has a name elsewhere
     */
    public void removeModule(String path) {
        editing.remove(path);
    }

    /**
     * Puts a parametrization of an adapter on top of a tensor. What it owns is added to the state dict, or shared with other
     * weights of the adapter. A new adapter is active, with the weight 1.
     *
     * @param adapter a name without dots: {@code default}
     * @throws IllegalArgumentException if the parametrization does not fit the tensor, if what it owns has the name of another tensor,
     *     or if the adapter has one on the tensor already
     */
    public void parametrize(String name, String adapter, Parametrization parametrization) {
        adapters.adapt(name, adapter, parametrization);
    }

    /**
     * Puts a storage in the place of a tensor's base; adapters stay on top of it.
     *
     * @throws IllegalArgumentException if the storage does not fit the tensor, if what it owns has the name of another tensor, or if
     *     the tensor has a storage already
     */
    public void parametrize(String name, Parametrization storage) {
        storages.store(name, storage);
    }

    /**
     * Takes an adapter off the model, with everything that it owns.
     *
     * @throws IllegalArgumentException if there is none of the name
     */
    public void unparametrize(String adapter) {
        adapters.remove(adapter);
    }

    /**
     * Makes what an adapter computes, with its weight, the base of its tensors; other adapters stay on top, and later edits see the
     * result.
     *
     * @throws IllegalArgumentException if there is none of the name, or if something is below it that has to be folded first
     */
    public void foldAdapter(String adapter) {
        adapters.foldAdapter(adapter);
    }

    /**
     * Makes the values that a storage holds the base of its tensor.
     *
     * @throws IllegalArgumentException if the tensor has none
     */
    public void foldStorage(String name) {
        storages.foldStorage(name);
    }

    /**
     * Makes what a parametrization computes of a tensor's base the base: as if it were put on the tensor and folded at once, below
     * whatever is on top.
     *
     * @throws IllegalArgumentException if the parametrization does not fit the tensor, or if a storage that was put there since the model
     *     was opened holds the tensor's values
     */
    public void fold(String name, Parametrization parametrization) {
        storages.fold(name, parametrization);
    }

    /**
     * Makes what a parametrization computes of a tensor's values its values, held by a storage of the same settings as the one that holds
     * them. Adapters stay on top.
     *
     * @param allowed the most that may be {@linkplain io.graft.model.parametrization.Loss#allowed lost}; empty for what may be lost
     *     now
     * @throws IllegalArgumentException if the tensor has no storage or one that cannot hold other values, or if the parametrization does not
     *     fit
     */
    public void requantize(String name, Parametrization parametrization, OptionalDouble allowed) {
        storages.requantize(name, parametrization, allowed);
    }

    /**
     * Makes these adapters active, each with its weight, and every other one inactive.
     *
     * @throws IllegalArgumentException if there is none of a name, or if a weight is no finite number
     */
    public void activate(Map<String, Double> weightOfAdapter) {
        adapters.activate(weightOfAdapter);
    }

    /** The adapters in the order in which they came. */
    public List<Adapter> adapters() {
        return adapters.all();
    }

    /** Every edit so far, in order. */
    public List<Change> changes() {
        return dict.changes();
    }

    private DraftTensor edit(DraftTensor edited, Function<String, Change> change) {
        DraftTensor journaled = dict.edit(edited, change);
        if (journaled.owner().isPresent()) {
            parametrizing.follow(journaled);
        }
        return journaled;
    }
}
