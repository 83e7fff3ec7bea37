package io.graft.model.parametrization;

import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;

/**
 * A tensor that a parametrization brings with it: an entry of the state dict, which is selected, frozen, counted and reported like
 * any other.
 *
 * @param slot the parametrization's name for it: {@code lora_A}; that of a storage is its name after the module's. A storage may
 *     have a slot of the parametrized tensor's own last name, as codes have that are called {@code weight}: it is no entry of the state
 *     dict beside the tensor, but what the model's file has under the tensor's name
 * @param kind parameter or buffer
 * @param trainability when an optimizer updates it; a buffer is never trained
 * @param sharing which weights have it in common
 * @param initial its values before any training
 */
public record OwnedTensor(
        String slot, TensorKind kind, Trainability trainability, Sharing sharing, LazyTensor initial) {
    /** A parameter that is trained, and that no other weight shares. */
    public static OwnedTensor trained(String slot, LazyTensor initial) {
        return new OwnedTensor(slot, TensorKind.PARAMETER, Trainability.always(), Sharing.TENSOR, initial);
    }

    /** A buffer, which no other weight shares. */
    public static OwnedTensor buffer(String slot, LazyTensor initial) {
        return new OwnedTensor(slot, TensorKind.BUFFER, Trainability.never(), Sharing.TENSOR, initial);
    }

    /**
     * @throws IllegalArgumentException if a buffer is to be trained
     */
    public OwnedTensor {
        if (kind == TensorKind.BUFFER && !trainability.equals(Trainability.never())) {
            throw new IllegalArgumentException("`" + slot + "` is a buffer, and a buffer is never trained");
        }
    }

    /** It, as a leaf of the parametrization's expression. */
    public Expression.Owned expression() {
        return new Expression.Owned(slot, initial.shape(), initial.dtype());
    }
}
