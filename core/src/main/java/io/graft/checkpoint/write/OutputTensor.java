package io.graft.checkpoint.write;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.Optional;

/**
 * A tensor to be written.
 *
 * @param data asked once, when the tensor's turn comes; what it gives is dropped when it is written
 * @param sameAs name of an earlier tensor of the state dict that this is another name for, with the same dtype, shape and values
 * @param blockType what its bytes are blocks of, as {@link LazyTensor#blockType} tells; empty for numbers
 * @param pass what computes it together with others, as {@link LazyTensor#pass} tells
 */
public record OutputTensor(
        String name,
        DType dtype,
        Shape shape,
        Source data,
        Optional<String> sameAs,
        Optional<String> blockType,
        Optional<Object> pass) {
    /** A tensor that has one name, or is told first under it. */
    public OutputTensor(String name, DType dtype, Shape shape, Source data) {
        this(name, dtype, shape, data, Optional.empty());
    }

    /** A tensor of numbers. */
    public OutputTensor(String name, DType dtype, Shape shape, Source data, Optional<String> sameAs) {
        this(name, dtype, shape, data, sameAs, Optional.empty(), Optional.empty());
    }

    /** A value, written as it is. */
    public static OutputTensor of(String name, LazyTensor value, Source data, Optional<String> sameAs) {
        return new OutputTensor(name, value.dtype(), value.shape(), data, sameAs, value.blockType(), value.pass());
    }

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
