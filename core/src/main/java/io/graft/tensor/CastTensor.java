package io.graft.tensor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A tensor converted to another dtype with PyTorch's rounding. */
public record CastTensor(LazyTensor source, DType dtype) implements ComputedTensor {
    /**
     * @throws IllegalArgumentException if there is no such conversion
     */
    public CastTensor {
        if (!DTypeConversion.isSupported(source.dtype(), dtype)) {
            throw new IllegalArgumentException("no conversion from " + source.dtype() + " to " + dtype);
        }
    }

    /**
     * A tensor in a dtype: itself if it has that already.
     *
     * @throws IllegalArgumentException if there is no such conversion
     */
    public static LazyTensor to(DType dtype, LazyTensor tensor) {
        return tensor.dtype() == dtype ? tensor : new CastTensor(tensor, dtype);
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(source);
    }

    @Override
    public String operation() {
        return "cast " + source.dtype() + " to " + dtype;
    }

    @Override
    public Optional<Object> pass() {
        return source.pass();
    }

    @Override
    public TensorData materialize() throws IOException {
        return new DTypeConversion(source.materialize(), source.dtype(), dtype);
    }

    /**
     * The bytes, and what becomes of the values on the way.
     *
     * @param rounding watches that
     */
    public TensorData materialize(Rounding rounding) throws IOException {
        return new DTypeConversion(source.materialize(), source.dtype(), dtype, rounding);
    }
}
