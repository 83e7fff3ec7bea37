package io.graft.model;

import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Sharing;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Puts parametrizations on the tensors of a draft, takes them off, and keeps what they own up with the state dict. */
final class Parametrizing {
    private final StateDict dict;

    Parametrizing(StateDict dict) {
        this.dict = dict;
    }

    /**
     * Puts a parametrization on a tensor, below all others if it is a storage.
     *
     * @throws IllegalArgumentException if it does not fit, or if what it owns has the name of another tensor
     */
    void put(DraftTensor tensor, String adapter, Parametrization parametrization, double weight) {
        List<OwnedTensor> all = parametrization.owned();
        Fit.require(parametrization, all, tensor);
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
    static List<Applied> with(Applied applied, List<Applied> others) {
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

    static DraftTensor without(DraftTensor tensor, Applied applied) {
        return tensor.withParametrizations(tensor.parametrizations().stream()
                .filter(each -> !each.equals(applied))
                .toList());
    }

    /** Makes what one of its parametrizations computes the base of a tensor. */
    void fold(DraftTensor tensor, Applied applied) {
        dict.edit(
                without(tensor, applied).withBase(applied.value(tensor.ground())),
                each -> new Change.Folded(each, applied.parametrization().id()));
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

    /** Drops the tensors that nothing needs any more, now that the parametrizations which owned them are gone. */
    void dropUnused(Collection<Applied> gone) {
        for (Applied applied : gone) {
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
    }

    boolean isAnywhere(Predicate<Applied> condition) {
        return dict.tensors().stream()
                .anyMatch(tensor -> tensor.parametrizations().stream().anyMatch(condition));
    }

    private static boolean uses(Applied applied, String name) {
        return applied.owned().values().stream().anyMatch(owned -> owned.name().equals(name));
    }

    /**
     * A tensor that is no part of a parametrization.
     *
     * @throws IllegalArgumentException if it is, or if there is none of the name
     */
    DraftTensor free(String name) {
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
}
