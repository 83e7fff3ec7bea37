package io.graft.model;

import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.Trainability;
import io.graft.problem.FirstFew;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Puts parametrizations on the tensors of a draft, takes them off, and keeps what they own up with the state dict. */
final class Parametrizing {
    private final StateDict dict;
    private final Map<String, Double> weights = new LinkedHashMap<>();

    /**
     * @param dict may have adapters already
     */
    Parametrizing(StateDict dict) {
        this.dict = dict;
        for (DraftTensor tensor : dict.tensors()) {
            for (Applied applied : tensor.parametrizations()) {
                if (!applied.adapter().isEmpty()) {
                    weights.putIfAbsent(applied.adapter(), applied.weight());
                }
            }
        }
    }

    void adapt(String name, String adapter, Parametrization parametrization) {
        if (parametrization.role() != Role.ADAPTER) {
            throw new IllegalArgumentException(
                    "`" + parametrization.id() + "` is a storage, which is no part of an adapter");
        }
        if (adapter.isEmpty() || adapter.contains(".")) {
            throw new IllegalArgumentException(
                    "`" + adapter + "` cannot be the name of an adapter: it is one word without dots");
        }
        if (adapter.equals(Adapter.BASE)) {
            throw new IllegalArgumentException(
                    "`" + adapter + "` cannot be the name of an adapter: rows of a batch that have none are called so");
        }
        DraftTensor tensor = free(name);
        if (of(adapter, tensor).isPresent()) {
            throw new IllegalArgumentException("`" + name + "` has the adapter `" + adapter + "` already");
        }
        apply(tensor, adapter, parametrization, weights.getOrDefault(adapter, 1.0));
        weights.putIfAbsent(adapter, 1.0);
    }

    void store(String name, Parametrization parametrization) {
        if (parametrization.role() != Role.STORAGE) {
            throw new IllegalArgumentException(
                    "`" + parametrization.id() + "` is an adapter, and needs the name of one");
        }
        DraftTensor tensor = unstored(free(name));
        apply(tensor, "", parametrization, 1);
        DraftTensor stored = dict.existing(name);
        if (!stored.trainability().equals(Trainability.never())) {
            dict.edit(stored.withTrainability(Trainability.never()), Change.Frozen::new);
        }
    }

    private void apply(DraftTensor tensor, String adapter, Parametrization parametrization, double weight) {
        List<OwnedTensor> all = parametrization.owned();
        check(parametrization, all, tensor);
        // Nothing that need not be is made on the way: this is done for each of what may be a hundred thousand tensors.
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map.Entry<String, Applied.Owned>[] slots = new Map.Entry[all.size()];
        List<DraftTensor> brought = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            OwnedTensor owned = all.get(i);
            Owner owner = new Owner(tensor.name(), adapter, owned.slot(), owned.sharing());
            String name = owner.name();
            LazyTensor value = owned.initial();
            if (!owner.isStorage() || !name.equals(tensor.name())) {
                Optional<DraftTensor> present = dict.find(name);
                if (present.isEmpty() && !isAmong(brought, name)) {
                    brought.add(DraftTensor.owned(owner, name, owned));
                } else if (present.isEmpty() || !isThe(present.get(), owned, owner)) {
                    throw new IllegalArgumentException("`" + parametrization.id() + "` on `" + tensor.name()
                            + "` brings a tensor `" + name + "`, and there is another one of that name");
                } else {
                    value = present.get().value();
                }
            }
            slots[i] = Map.entry(owned.slot(), new Applied.Owned(name, value));
        }
        brought.forEach(dict::put);
        Applied applied = new Applied(adapter, parametrization, weight, Map.ofEntries(slots));
        dict.edit(
                tensor.withParametrizations(with(applied, tensor.parametrizations())),
                each -> new Change.Parametrized(each, adapter, parametrization.id(), parametrization.description()));
    }

    /** A storage stands below all others, an adapter on top. */
    private static List<Applied> with(Applied applied, List<Applied> others) {
        if (others.isEmpty()) {
            return List.of(applied);
        }
        List<Applied> stack = new ArrayList<>(others);
        stack.add(applied.adapter().isEmpty() ? 0 : stack.size(), applied);
        return stack;
    }

    private static boolean isAmong(List<DraftTensor> tensors, String name) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a tensor is the one that another weight brought, and that is shared with it. */
    private static boolean isThe(DraftTensor present, OwnedTensor owned, Owner owner) {
        return owned.sharing() != Sharing.TENSOR
                && present.owner()
                        .filter(other -> other.of(owner.tensor()).equals(owner))
                        .isPresent()
                && present.shape().equals(owned.initial().shape())
                && present.dtype() == owned.initial().dtype();
    }

    private static void check(Parametrization parametrization, List<OwnedTensor> owned, DraftTensor tensor) {
        Expression value = parametrization.form(tensor.below()).value();
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException(which(parametrization, tensor) + " would change its shape from "
                    + tensor.shape() + " to " + value.shape());
        }
        if (!DTypeConversion.isSupported(value.dtype(), tensor.dtype())) {
            throw new IllegalArgumentException(which(parametrization, tensor) + " gives " + value.dtype()
                    + ", which cannot be converted to " + tensor.dtype());
        }
        if (parametrization.role() == Role.STORAGE && value.anyMatch(Expression.Below.class::isInstance)) {
            throw new IllegalArgumentException(which(parametrization, tensor)
                    + " is a storage, and still computes with what it takes the place of");
        }
        List<Expression> nodes = value.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Expression node = nodes.get(i);
            if (node instanceof Expression.Owned leaf && !owns(owned, leaf)) {
                throw new IllegalArgumentException(which(parametrization, tensor) + " computes with `" + leaf.slot()
                        + "` of shape " + leaf.shape() + " and " + leaf.dtype() + ", and does not own that");
            }
        }
    }

    private static boolean owns(List<OwnedTensor> owned, Expression.Owned leaf) {
        for (int i = 0; i < owned.size(); i++) {
            OwnedTensor tensor = owned.get(i);
            if (tensor.slot().equals(leaf.slot())) {
                LazyTensor value = tensor.initial();
                return value.dtype() == leaf.dtype() && value.shape().equals(leaf.shape());
            }
        }
        return false;
    }

    private static String which(Parametrization parametrization, DraftTensor tensor) {
        return "`" + parametrization.id() + "` on `" + tensor.name() + "`";
    }

    void remove(String adapter) {
        List<Applied> gone = new ArrayList<>();
        for (DraftTensor tensor : adaptedBy(adapter)) {
            Applied applied = of(adapter, tensor).orElseThrow();
            gone.add(applied);
            dict.edit(
                    without(tensor, applied),
                    each -> new Change.Unparametrized(
                            each, adapter, applied.parametrization().id()));
        }
        dropUnused(gone);
    }

    /** Makes what an adapter computes the base of its tensors. */
    void foldAdapter(String adapter) {
        List<DraftTensor> tensors =
                adaptedBy(adapter).stream().map(this::unstored).toList();
        for (DraftTensor tensor : tensors) {
            for (Applied below : tensor.parametrizations()) {
                if (below.adapter().equals(adapter)) {
                    break;
                }
                if (below.isActive()) {
                    throw new IllegalArgumentException("`" + tensor.name() + "` has the adapter `" + below.adapter()
                            + "` below `" + adapter + "`: fold that first, or make it inactive");
                }
            }
        }
        List<Applied> gone = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            Applied applied = of(adapter, tensor).orElseThrow();
            gone.add(applied);
            fold(tensor, applied);
        }
        dropUnused(gone);
    }

    /** Makes the values that a storage holds the base. */
    void foldStorage(String name) {
        DraftTensor tensor = dict.existing(name);
        Applied storage = stored(tensor);
        fold(tensor, storage);
        dropUnused(List.of(storage));
    }

    private static Applied stored(DraftTensor tensor) {
        return tensor.storage()
                .orElseThrow(() -> new IllegalArgumentException("`" + tensor.name() + "` is stored as it is"));
    }

    private void fold(DraftTensor tensor, Applied applied) {
        dict.edit(
                without(tensor, applied).withBase(applied.value(tensor.ground())),
                each -> new Change.Folded(each, applied.parametrization().id()));
    }

    /** Makes what a parametrization computes of the base the base, without a stay in the state dict. */
    void fold(String name, Parametrization parametrization) {
        DraftTensor tensor = unstored(free(name));
        List<OwnedTensor> all = parametrization.owned();
        check(parametrization, all, tensor);
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
    void requantize(String name, Parametrization parametrization) {
        DraftTensor tensor = free(name);
        Applied storage = stored(tensor);
        List<OwnedTensor> all = parametrization.owned();
        check(parametrization, all, tensor);
        LazyTensor values = alone(parametrization, all).value(storage.value(tensor.ground()));
        Parametrization again = storage.parametrization().requantized(values);
        boolean isUpdate = parametrization.form(tensor.below()).value().anyMatch(Expression.Below.class::isInstance);
        check(again, again.owned(), tensor);
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
        List<Applied> stack =
                with(new Applied("", again, 1, slots), without(tensor, storage).parametrizations());
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

    void activate(Map<String, Double> weightOfAdapter) {
        weightOfAdapter.forEach((adapter, weight) -> {
            known(adapter);
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of the adapter `" + adapter + "` is " + weight);
            }
        });
        for (String adapter : List.copyOf(weights.keySet())) {
            double weight = weightOfAdapter.getOrDefault(adapter, 0.0);
            for (DraftTensor tensor : adaptedBy(adapter)) {
                Applied applied = of(adapter, tensor).orElseThrow();
                if (applied.weight() != weight) {
                    dict.edit(
                            tensor.withParametrizations(tensor.parametrizations().stream()
                                    .map(each -> each.equals(applied) ? applied.withWeight(weight) : each)
                                    .toList()),
                            each -> new Change.Activated(each, adapter, weight));
                }
            }
            weights.put(adapter, weight);
        }
    }

    List<Adapter> adapters() {
        Map<String, Map<String, Applied>> byAdapter = new LinkedHashMap<>();
        weights.keySet().forEach(adapter -> byAdapter.put(adapter, new LinkedHashMap<>()));
        for (DraftTensor tensor : dict.tensors()) {
            for (Applied applied : dict.counts(tensor) ? tensor.parametrizations() : List.<Applied>of()) {
                if (!applied.adapter().isEmpty()) {
                    byAdapter.get(applied.adapter()).put(tensor.name(), applied);
                }
            }
        }
        return byAdapter.entrySet().stream()
                .map(entry -> new Adapter(entry.getKey(), weights.get(entry.getKey()), entry.getValue()))
                .toList();
    }

    /** Tells the parametrized tensors of another value of a tensor that they own. */
    void follow(DraftTensor owned) {
        Owner owner = owned.owner().orElseThrow();
        List<DraftTensor> users = new ArrayList<>();
        if (owner.sharing() == Sharing.TENSOR) {
            users.add(dict.existing(owner.tensor()));
            dict.others(dict.existing(owner.tensor())).forEach(other -> users.add(dict.existing(other)));
        } else {
            users.addAll(dict.tensors());
        }
        users.forEach(user -> link(
                user,
                before ->
                        before.name().equals(owned.name()) ? new Applied.Owned(owned.name(), owned.value()) : before));
    }

    /** Tells the parametrized tensors of other names of tensors that they own. */
    void follow(Map<String, Change.Renamed> renamings) {
        List.copyOf(dict.tensors())
                .forEach(user -> link(
                        user,
                        before -> Optional.ofNullable(renamings.get(before.name()))
                                .map(renaming -> new Applied.Owned(renaming.to(), before.value()))
                                .orElse(before)));
    }

    private void link(DraftTensor user, UnaryOperator<Applied.Owned> now) {
        if (!user.parametrizations().isEmpty()) {
            dict.replace(user.withParametrizations(user.parametrizations().stream()
                    .map(applied -> applied.with(now))
                    .toList()));
        }
    }

    /** What nothing needs any more, now that parametrizations are gone: tensors that they owned, and adapters that stand on nothing. */
    void dropUnused(Collection<Applied> gone) {
        Set<String> adapters = new LinkedHashSet<>();
        for (Applied applied : gone) {
            adapters.add(applied.adapter());
            for (Applied.Owned owned : applied.owned().values()) {
                dict.find(owned.name()).flatMap(DraftTensor::owner).ifPresent(owner -> {
                    // Only what is shared has other users: nobody looks through all tensors for each one of a quantized
                    // model.
                    if (owner.sharing() == Sharing.TENSOR || !isAnywhere(other -> uses(other, owned.name()))) {
                        dict.drop(owned.name());
                    }
                });
            }
        }
        weights.keySet()
                .removeIf(adapter -> adapters.contains(adapter)
                        && !isAnywhere(other -> other.adapter().equals(adapter)));
    }

    private boolean isAnywhere(Predicate<Applied> condition) {
        return dict.tensors().stream()
                .anyMatch(tensor -> tensor.parametrizations().stream().anyMatch(condition));
    }

    private static boolean uses(Applied applied, String name) {
        return applied.owned().values().stream().anyMatch(owned -> owned.name().equals(name));
    }

    /** Each once, however many names it has. */
    private List<DraftTensor> adaptedBy(String adapter) {
        known(adapter);
        return dict.tensors().stream()
                .filter(tensor -> dict.counts(tensor) && of(adapter, tensor).isPresent())
                .toList();
    }

    private void known(String adapter) {
        if (!weights.containsKey(adapter)) {
            throw new IllegalArgumentException("the model has no adapter `" + adapter + "`; it has "
                    + (weights.isEmpty() ? "none" : FirstFew.names(List.copyOf(weights.keySet()))));
        }
    }

    private DraftTensor free(String name) {
        DraftTensor tensor = dict.existing(name);
        requireFree(tensor);
        return tensor;
    }

    /** Whoever parametrizes, renames or removes a tensor means no part of a parametrization. */
    void requireFree(DraftTensor tensor) {
        tensor.owner().ifPresent(owner -> {
            throw new IllegalArgumentException("`" + tensor.name() + "` belongs to a parametrization of `"
                    + owner.tensor() + "`, and cannot be parametrized, renamed or removed without it");
        });
    }

    private static Optional<Applied> of(String adapter, DraftTensor tensor) {
        for (Applied applied : tensor.parametrizations()) {
            if (applied.adapter().equals(adapter)) {
                return Optional.of(applied);
            }
        }
        return Optional.empty();
    }

    private static DraftTensor without(DraftTensor tensor, Applied applied) {
        return tensor.withParametrizations(tensor.parametrizations().stream()
                .filter(each -> !each.equals(applied))
                .toList());
    }
}
