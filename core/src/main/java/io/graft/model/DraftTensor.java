package io.graft.model;

import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Loss;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Role;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.model.training.TrainingStretch;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of the draft's state dict; immutable, replaced as the draft is edited.
 *
 * @param name canonical dotted name, PyTorch's
 * @param origin the name it has in the model target; empty for a tensor that a modifier added
 * @param aliases other spellings of the name's last segment ({@code gamma} for {@code weight})
 * @param tie what makes it another name of a tensor that has several; empty if it is the only one, or was parted from the others
 * @param kind parameter or buffer
 * @param trainability when an optimizer would update it; a buffer never is
 * @param dtype what its values are rounded to when they are written, and not before
 * @param base the stored value, of any dtype: the initial one, or what was assigned last
 * @param parametrizations computed on top of the base, first applied first; a storage is always the first
 * @param owner whose it is, if a parametrization owns it
 * @param changes the edits that made it what it is, in order; the very entries of the draft's journal
 */
public record DraftTensor(
        String name,
        String origin,
        Set<String> aliases,
        Optional<Tie> tie,
        TensorKind kind,
        Trainability trainability,
        DType dtype,
        LazyTensor base,
        List<Applied> parametrizations,
        Optional<Owner> owner,
        List<Change> changes) {
    public DraftTensor {
        aliases = Set.copyOf(aliases);
        parametrizations = List.copyOf(parametrizations);
        changes = List.copyOf(changes);
    }

    /** A tensor as the model target has it, before any modifier. */
    public static DraftTensor initial(
            String name, Set<String> aliases, TensorKind kind, boolean trainable, LazyTensor value) {
        return of(name, name, aliases, kind, Trainability.of(trainable), value, Optional.empty());
    }

    /** A tensor that a modifier adds. */
    static DraftTensor added(String name, TensorKind kind, LazyTensor value) {
        return of(name, "", Set.of(), kind, Trainability.of(kind == TensorKind.PARAMETER), value, Optional.empty());
    }

    /**
     * A tensor that a parametrization brings.
     *
     * @param name the one that the owner tells
     */
    static DraftTensor owned(Owner owner, String name, OwnedTensor tensor) {
        return of(name, "", Set.of(), tensor.kind(), tensor.trainability(), tensor.initial(), Optional.of(owner));
    }

    private static DraftTensor of(
            String name,
            String origin,
            Set<String> aliases,
            TensorKind kind,
            Trainability trainability,
            LazyTensor value,
            Optional<Owner> owner) {
        return new DraftTensor(
                name,
                origin,
                aliases,
                Optional.empty(),
                kind,
                trainability,
                value.dtype(),
                value,
                List.of(),
                owner,
                List.of());
    }

    /** The tensor as a name that the model's file does not list, because its storage has another one there. */
    public DraftTensor implied() {
        return withTie(Optional.of(new Tie(origin, true)));
    }

    /** The same name of a tied tensor, of which a file that is written lists another one only. */
    public DraftTensor unlisted() {
        return withTie(tie.map(with -> new Tie(with.tensor(), true)));
    }

    /** Whether a modifier gave it values, which another one would lose. */
    public boolean wasFilled() {
        return changes.stream()
                .anyMatch(change -> change instanceof Change.Assigned
                        || change instanceof Change.Resized
                        || change instanceof Change.Folded
                        || change instanceof Change.Requantized);
    }

    /** Whether an optimizer would update it in the first step. */
    public boolean trainable() {
        return trainability.atStart();
    }

    /**
     * The tensor as the model computes with it: the base with every parametrization applied, not rounded to {@link #dtype} yet where
     * both are floating-point numbers, so that whoever goes on computing rounds nothing twice.
     */
    public LazyTensor value() {
        LazyTensor value = ground();
        for (Applied applied : parametrizations) {
            value = applied.isActive() ? applied.value(value) : value;
        }
        return value;
    }

    /** The base, as a parametrization sees it. */
    public LazyTensor ground() {
        return dtype.isFloatingPoint() ? base : CastTensor.to(dtype, base);
    }

    /**
     * What the model's file has under the tensor's name: the base, rounded, with parametrizations on top of it; or what a storage keeps
     * in its place, of a dtype and shape of its own.
     */
    public LazyTensor written() {
        // Nearly every tensor is as here, and each is asked.
        return parametrizations.isEmpty()
                ? CastTensor.to(dtype, base)
                : inPlace().orElseGet(() -> CastTensor.to(dtype, base));
    }

    /** What a storage keeps under the tensor's own name. */
    private Optional<LazyTensor> inPlace() {
        return storage().flatMap(stored -> stored.under(name));
    }

    /** Whether the model that the draft is of holds its values in a storage, as a quantized checkpoint does. */
    public boolean cameStored() {
        return storage().isPresent()
                && changes.stream()
                        .noneMatch(change -> change instanceof Change.Parametrized put
                                && put.adapter().isEmpty());
    }

    /** What was added to the values that its codes held, once it is measured; empty if nothing was, or if others took their place. */
    public Optional<Loss.Update> update() {
        return storage()
                .filter(storage -> isUpdated())
                .flatMap(storage -> storage.parametrization().loss())
                .flatMap(Loss::update);
    }

    private boolean isUpdated() {
        return changes.stream()
                .filter(Change.Requantized.class::isInstance)
                .map(Change.Requantized.class::cast)
                .reduce((earlier, last) -> last)
                .filter(Change.Requantized::isUpdate)
                .isPresent();
    }

    /** The parametrization that holds the values in place of the base. */
    public Optional<Applied> storage() {
        return parametrizations.isEmpty()
                        || parametrizations.get(0).parametrization().role() != Role.STORAGE
                ? Optional.empty()
                : Optional.of(parametrizations.get(0));
    }

    /** Whether the model's file has an entry of its name: no storage holds its values elsewhere, and no adapter owns it. */
    public boolean isStored() {
        return (storage().isEmpty() || inPlace().isPresent())
                && owner.filter(whose -> !whose.isStorage()).isEmpty();
    }

    /** What a storage gives in the place of the base; empty if there is none. */
    public Optional<LazyTensor> held() {
        return storage().map(stored -> stored.value(ground()));
    }

    public Shape shape() {
        return base.shape();
    }

    /** What a parametrization that is put on top of the others would see. */
    Expression.Below below() {
        LazyTensor value = value();
        return new Expression.Below(value.shape(), value.dtype());
    }

    /** One tensor has one kind, and is trained or not. */
    DraftTensor tiedTo(DraftTensor first) {
        Tie with = new Tie(first.origin, tie.filter(Tie::implied).isPresent());
        return new DraftTensor(
                name,
                origin,
                aliases,
                Optional.of(with),
                first.kind,
                first.trainability,
                dtype,
                base,
                parametrizations,
                owner,
                changes);
    }

    /**
     * This name of a tensor that was edited under another one. Where its values stay, it keeps its own words for them.
     *
     * @param before the tensor under the other name
     * @param after the same, edited
     */
    DraftTensor following(DraftTensor before, DraftTensor after) {
        return new DraftTensor(
                name,
                origin,
                aliases,
                tie,
                kind,
                after.trainability,
                after.dtype,
                after.base == before.base ? base : after.base,
                after.parametrizations,
                owner,
                changes);
    }

    DraftTensor withTie(Optional<Tie> newTie) {
        return new DraftTensor(
                name, origin, aliases, newTie, kind, trainability, dtype, base, parametrizations, owner, changes);
    }

    DraftTensor withName(String newName) {
        return new DraftTensor(
                newName, origin, aliases, tie, kind, trainability, dtype, base, parametrizations, owner, changes);
    }

    /** The same as a tensor that a parametrization owns, under the name that the owner gives it. */
    public DraftTensor withOwner(Owner newOwner) {
        return new DraftTensor(
                newOwner.name(),
                origin,
                aliases,
                tie,
                kind,
                trainability,
                dtype,
                base,
                parametrizations,
                Optional.of(newOwner),
                changes);
    }

    DraftTensor withTrainability(Trainability newTrainability) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, newTrainability, dtype, base, parametrizations, owner, changes);
    }

    /** The same, trained all the time or not at all, as it is in a stretch of the training. */
    public DraftTensor in(TrainingStretch stretch) {
        return trainability.schedule().isEmpty()
                ? this
                : withTrainability(Trainability.of(stretch.trains(trainability)));
    }

    DraftTensor withBase(LazyTensor newBase) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, dtype, newBase, parametrizations, owner, changes);
    }

    /** The same with other parametrizations, first applied first. */
    public DraftTensor withParametrizations(List<Applied> newParametrizations) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, dtype, base, newParametrizations, owner, changes);
    }

    /** The same with what it computes as its base, and without parametrizations. */
    public DraftTensor folded() {
        return withBase(value()).withParametrizations(List.of());
    }

    /** Truncation to integers is no rounding that could wait: what comes after it starts from the integers. */
    DraftTensor withDtype(DType newDtype) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, newDtype, ground(), parametrizations, owner, changes);
    }

    DraftTensor after(Change change) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, dtype, base, parametrizations, owner, with(change));
    }

    /** Of nearly all tensors, there are few changes. */
    private List<Change> with(Change last) {
        if (changes.size() < 2) {
            return changes.isEmpty() ? List.of(last) : List.of(changes.get(0), last);
        }
        List<Change> more = new ArrayList<>(changes.size() + 1);
        more.addAll(changes);
        more.add(last);
        return more;
    }
}
