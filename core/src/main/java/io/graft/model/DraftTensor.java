package io.graft.model;

import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
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
 * @param parametrizations computed on top of the base, first applied first
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
        List<Parametrization> parametrizations,
        List<Change> changes) {
    public DraftTensor {
        aliases = Set.copyOf(aliases);
        parametrizations = List.copyOf(parametrizations);
        changes = List.copyOf(changes);
    }

    /** A tensor as the model target has it, before any modifier. */
    public static DraftTensor initial(
            String name, Set<String> aliases, TensorKind kind, boolean trainable, LazyTensor value) {
        return new DraftTensor(
                name,
                name,
                aliases,
                Optional.empty(),
                kind,
                Trainability.of(trainable),
                value.dtype(),
                value,
                List.of(),
                List.of());
    }

    /** The tensor as a name that the model's file does not list, because its storage has another one there. */
    public DraftTensor implied() {
        return withTie(Optional.of(new Tie(origin, true)));
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
        LazyTensor value = dtype.isFloatingPoint() ? base : as(dtype, base);
        for (Parametrization parametrization : parametrizations) {
            value = parametrization.apply(value);
        }
        return value;
    }

    /** The tensor as it is written: the value, rounded. */
    public LazyTensor written() {
        return as(dtype, value());
    }

    public Shape shape() {
        return base.shape();
    }

    private static LazyTensor as(DType dtype, LazyTensor value) {
        return value.dtype() == dtype ? value : new CastTensor(value, dtype);
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
                changes);
    }

    DraftTensor withTie(Optional<Tie> newTie) {
        return new DraftTensor(
                name, origin, aliases, newTie, kind, trainability, dtype, base, parametrizations, changes);
    }

    DraftTensor withName(String newName) {
        return new DraftTensor(
                newName, origin, aliases, tie, kind, trainability, dtype, base, parametrizations, changes);
    }

    DraftTensor withTrainability(Trainability newTrainability) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, newTrainability, dtype, base, parametrizations, changes);
    }

    DraftTensor withBase(LazyTensor newBase) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, dtype, newBase, parametrizations, changes);
    }

    DraftTensor withParametrizations(List<Parametrization> newParametrizations) {
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, dtype, base, newParametrizations, changes);
    }

    /** Truncation to integers is no rounding that could wait: what comes after it starts from the integers. */
    DraftTensor withDtype(DType newDtype) {
        LazyTensor current = dtype.isFloatingPoint() ? base : as(dtype, base);
        return new DraftTensor(
                name, origin, aliases, tie, kind, trainability, newDtype, current, parametrizations, changes);
    }

    DraftTensor after(Change change) {
        List<Change> more = new ArrayList<>(changes);
        more.add(change);
        return new DraftTensor(name, origin, aliases, tie, kind, trainability, dtype, base, parametrizations, more);
    }
}
