package io.graft.tensor;

import java.io.IOException;
import java.util.OptionalDouble;

/** A tensor converted to another dtype with PyTorch's rounding. */
public final class CastTensor implements LazyTensor {
    private final LazyTensor source;
    private final DType dtype;
    private DTypeConversion conversion;
    private OptionalDouble observed = OptionalDouble.empty();

    public CastTensor(LazyTensor source, DType dtype) {
        this.source = source;
        this.dtype = dtype;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("cast " + source.dtype() + " to " + dtype, source.provenance());
    }

    @Override
    public TensorData materialize() throws IOException {
        conversion = new DTypeConversion(source.materialize(), source.dtype(), dtype);
        return conversion;
    }

    /**
     * Largest relative difference that the rounding made, over all elements; empty until the converted bytes have been read.
     */
    public OptionalDouble maxRelativeError() {
        return conversion == null ? observed : conversion.maxRelativeError();
    }

    /** Takes the error from where the bytes were read instead: in another process. */
    public void observe(double maxRelativeError) {
        observed = OptionalDouble.of(maxRelativeError);
    }
}
