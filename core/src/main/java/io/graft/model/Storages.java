package io.graft.model;

import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.Trainability;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What holds the values of the tensors of a draft: the base, or a storage in the place of it. */
final class Storages {
    private final StateDict dict;
    private final Parametrizing parametrizing;

    Storages(StateDict dict, Parametrizing parametrizing) {
        this.dict = dict;
        this.parametrizing = parametrizing;
    }

    void store(String name, Parametrization parametrization) {
        if (parametrization.role() != Role.STORAGE) {
            throw new IllegalArgumentException(
                    "`" + parametrization.id() + "` is an adapter, and needs the name of one");
        }
        DraftTensor tensor = unstored(parametrizing.free(name));
        parametrizing.put(tensor, "", parametrization, 1);
        DraftTensor stored = dict.existing(name);
        if (!stored.trainability().equals(Trainability.never())) {
            dict.edit(stored.withTrainability(Trainability.never()), Change.Frozen::new);
        }
    }

    /** Makes the values that a storage holds the base. */
    void foldStorage(String name) {
        DraftTensor tensor = dict.existing(name);
        Applied storage = stored(tensor);
        parametrizing.fold(tensor, storage);
        parametrizing.dropUnused(List.of(storage));
    }

    private static Applied stored(DraftTensor tensor) {
        return tensor.storage()
                .orElseThrow(() -> new IllegalArgumentException("`" + tensor.name() + "` is stored as it is"));
    }

    /** Makes what a parametrization computes of the base the base, without a stay in the state dict. */
    void fold(String name, Parametrization parametrization) {
        DraftTensor tensor = unstored(parametrizing.free(name));
        List<OwnedTensor> all = parametrization.owned();
        Fit.require(parametrization, all, tensor);
        LazyTensor folded = alone(parametrization, all).value(tensor.ground());
        dict.edit(tensor.withBase(folded), each -> new Change.Folded(each, parametrization.id()));
    }

    /** A parametrization that no tensor of the state dict belongs to. */
    private static Applied alone(Parametrization parametrization, List<OwnedTensor> all) {
        Map<String, Applied.Owned> slots = new HashMap<>();
        all.forEach(owned -> slots.put(owned.slot(), new Applied.Owned(owned.slot(), owned.initial())));
        return new Applied("", parametrization, 1, slots);
    }

    /** Makes what a parametrization computes of stored values the stored ones. */
    void requantize(String name, Parametrization parametrization, OptionalDouble allowed) {
        DraftTensor tensor = parametrizing.free(name);
        Applied storage = stored(tensor);
        List<OwnedTensor> all = parametrization.owned();
        Fit.require(parametrization, all, tensor);
        LazyTensor values = alone(parametrization, all).value(storage.value(tensor.ground()));
        Parametrization again = storage.parametrization().requantized(values, allowed);
        boolean isUpdate = parametrization.form(tensor.below()).value().anyMatch(Expression.Below.class::isInstance);
        Fit.require(again, again.owned(), tensor);
        Map<String, Applied.Owned> slots = new LinkedHashMap<>();
        storage.owned().forEach((slot, owned) -> {
            if (isShared(owned.name())) {
                slots.put(slot, owned);
            }
        });
        again.owned().forEach(owned -> slots.put(owned.slot(), inPlace(tensor, owned)));
        storage.owned().values().stream()
                .map(Applied.Owned::name)
                .filter(part -> !part.equals(name)
                        && slots.values().stream()
                                .noneMatch(owned -> owned.name().equals(part)))
                .forEach(dict::drop);
        List<Applied> stack = Parametrizing.with(
                new Applied("", again, 1, slots),
                Parametrizing.without(tensor, storage).parametrizations());
        dict.edit(
                tensor.withParametrizations(stack),
                each -> new Change.Requantized(each, parametrization.id(), again.id(), isUpdate));
    }

    private boolean isShared(String name) {
        return dict.find(name)
                .flatMap(DraftTensor::owner)
                .filter(owner -> owner.sharing() != Sharing.TENSOR)
                .isPresent();
    }

    /** What a storage owns, where the one before it had a tensor of that name. */
    private Applied.Owned inPlace(DraftTensor tensor, OwnedTensor owned) {
        Owner owner = new Owner(tensor.name(), "", owned.slot(), owned.sharing());
        String name = owner.name();
        if (!name.equals(tensor.name())) {
            DraftTensor entry = DraftTensor.owned(owner, name, owned);
            if (dict.find(name).isPresent()) {
                dict.replace(entry);
            } else {
                dict.put(entry);
            }
        }
        return new Applied.Owned(name, owned.initial());
    }

    /**
     * The tensor with values that can be changed: a storage that the model came with is folded, which its journal says.
     *
     * @throws IllegalArgumentException if a storage that was put there since holds the values
     */
    DraftTensor unstored(DraftTensor tensor) {
        if (!tensor.cameStored()) {
            requireNotStored(tensor);
            return tensor;
        }
        foldStorage(tensor.name());
        return dict.existing(tensor.name());
    }

    /** The base was given up for the storage's tensors: it can be neither changed nor trained. */
    void requireNotStored(DraftTensor tensor) {
        tensor.storage().ifPresent(storage -> {
            throw new IllegalArgumentException("`" + tensor.name() + "` is stored as `"
                    + storage.parametrization().id() + "`: fold that first");
        });
    }
}
