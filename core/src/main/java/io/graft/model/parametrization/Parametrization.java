package io.graft.model.parametrization;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A weight computed from other tensors, as in {@code torch.nn.utils.parametrize}: a base plus a low-rank update, dequantized codes.
 * It says what it owns and what it computes, once; the same description is planned, trained on a live model, cached, and folded
 * into files.
 *
 * <p>Several may stand on one tensor; each sees the value that the ones before it give.
 */
public interface Parametrization {
    /** What it is, in a word: {@code lora}, {@code int8}. */
    String id();

    /** What it does, in a few words, for whoever asks where values come from. */
    default String description() {
        return id();
    }

    default Role role() {
        return Role.ADAPTER;
    }

    /**
     * What whoever made it has to know of it again where the model is opened anew, beside its tensors and what it computes: texts by
     * name, which a TorchScript archive keeps.
     */
    default Map<String, String> remarks() {
        return Map.of();
    }

    /**
     * A storage of other values, with the settings of this one; its scales stay where the values differ from its own by less than its
     * codes can tell.
     *
     * @param values of the parametrized tensor's shape, not rounded; they may be computed from what this storage holds
     * @param allowed the most that may be {@linkplain Loss#allowed lost}; empty for what may be lost now
     * @throws IllegalArgumentException if its codes are not made of values alone, or cannot hold these; the message says why, as a
     *     sentence that goes on after the tensor's name
     */
    default Parametrization requantized(LazyTensor values, OptionalDouble allowed) {
        throw new IllegalArgumentException("is stored as `" + id() + "`, whose codes are not made of values alone");
    }

    /** What is lost with it, for a storage that holds values in fewer bits; empty if nothing is, or nobody knows. */
    default Optional<Loss> loss() {
        return Optional.empty();
    }

    /** What is to be said of it beside the model's files, for a storage; empty if nothing is. */
    default Optional<StorageConfiguration> configuration() {
        return Optional.empty();
    }

    /** The tensors that it brings with it; each slot once. */
    List<OwnedTensor> owned();

    /**
     * What the parametrized tensor is. Called as often as the expression is needed, so it depends on nothing but its argument.
     *
     * @param below the value under it; a storage does not mention it
     * @return of the same shape
     * @throws IllegalArgumentException if the owned tensors do not fit it
     */
    Form form(Expression.Below below);
}
