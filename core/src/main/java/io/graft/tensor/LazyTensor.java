package io.graft.tensor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A tensor whose dtype, shape, inputs and provenance are known at once, and whose data exist only when materialized. It holds
 * nothing of them. Whoever implements one that is computed implements {@link ComputedTensor}.
 */
public interface LazyTensor {
    DType dtype();

    Shape shape();

    /**
     * Every tensor whose values it is computed from; empty for values that lie somewhere. What reads a tensor that is not among
     * them may read it after it was overwritten.
     */
    List<LazyTensor> inputs();

    Provenance provenance();

    /**
     * The tensor's bytes. For a stored tensor nothing is read yet; a computed one may compute now. Tensors are materialized
     * one after the other, and the result is dropped when its bytes are written, which a few may wait for at a time.
     *
     * @throws IOException if the values cannot be read
     */
    TensorData materialize() throws IOException;

    /**
     * What holds the bytes, compared with {@code equals}: two tensors of a model that have the same storage are one tensor under
     * two names. Empty for computed values and where nothing is known.
     */
    default Optional<Object> storage() {
        return Optional.empty();
    }

    /**
     * What its bytes are blocks of, where they are no numbers: the type that a format has for elements that are packed together,
     * {@code Q8_0}. Its dtype is U8 then, and its last dimension counts bytes. Only a format that has such blocks writes it.
     */
    default Optional<String> blockType() {
        return Optional.empty();
    }

    /**
     * What computes this tensor and others in one pass over their inputs, compared with {@code equals}. Tensors of one pass are best read
     * one after the other, that of the most bytes first: those that follow it then read nothing. Empty where each reads for itself.
     */
    default Optional<Object> pass() {
        return Optional.empty();
    }

    /** The tensors that lie somewhere and that the values come from in the end, some of them several times; itself if it is one. */
    default Stream<LazyTensor> sources() {
        return inputs().isEmpty() ? Stream.of(this) : inputs().stream().flatMap(LazyTensor::sources);
    }
}
