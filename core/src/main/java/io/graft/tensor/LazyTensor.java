package io.graft.tensor;

import java.io.IOException;
import java.util.Optional;

/** A tensor whose dtype, shape and provenance are known at once, and whose data exist only when materialized. */
public interface LazyTensor {
    DType dtype();

    Shape shape();

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
}
