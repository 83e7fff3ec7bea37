package io.graft.checkpoint.write;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;

/**
 * A tensor to be written.
 *
 * @param data asked once, when the tensor's turn comes; what it gives is dropped when it is written
 */
public record OutputTensor(String name, DType dtype, Shape shape, Source data) {
    /** Where a tensor's bytes come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * The bytes, as many as dtype and shape take.
         *
         * @throws IOException if they cannot be read or computed
         */
        TensorData materialize() throws IOException;
    }
}
