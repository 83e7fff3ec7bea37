package io.graft.model;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * One entry of the draft's state dict; immutable, replaced as the draft is edited.
 *
 * @param name canonical dotted name, PyTorch's
 * @param origin the name it has in the model target; empty for a tensor that a modifier added
 * @param aliases other spellings of the name's last segment ({@code gamma} for {@code weight})
 * @param kind parameter or buffer
 * @param trainable whether an optimizer would update it; a buffer never is
 * @param base the stored value: the initial one, or what was assigned last
 * @param parametrizations computed on top of the base, first applied first
 */
public record DraftTensor(
        String name,
        String origin,
        Set<String> aliases,
        TensorKind kind,
        boolean trainable,
        LazyTensor base,
        List<Parametrization> parametrizations) {
    public DraftTensor {
        aliases = Set.copyOf(aliases);
        parametrizations = List.copyOf(parametrizations);
    }

    /** A tensor as the model target has it, before any modifier. */
    public static DraftTensor initial(
            String name, Set<String> aliases, TensorKind kind, boolean trainable, LazyTensor value) {
        return new DraftTensor(name, name, aliases, kind, trainable, value, List.of());
    }

    /** The tensor as the model computes with it: the base with every parametrization applied. */
    public LazyTensor value() {
        LazyTensor value = base;
        for (Parametrization parametrization : parametrizations) {
            value = parametrization.apply(value);
        }
        return value;
    }

    public DType dtype() {
        return value().dtype();
    }

    public Shape shape() {
        return value().shape();
    }

    DraftTensor withName(String newName) {
        return new DraftTensor(newName, origin, aliases, kind, trainable, base, parametrizations);
    }

    DraftTensor withTrainable(boolean newTrainable) {
        return new DraftTensor(name, origin, aliases, kind, newTrainable, base, parametrizations);
    }

    DraftTensor withBase(LazyTensor newBase) {
        return new DraftTensor(name, origin, aliases, kind, trainable, newBase, parametrizations);
    }

    DraftTensor withParametrizations(List<Parametrization> newParametrizations) {
        return new DraftTensor(name, origin, aliases, kind, trainable, base, newParametrizations);
    }
}
