package io.graft.modifiers.quantization.stored;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number that a formula needs and no stored tensor is: it is kept when it was computed once, since the weight may be gone then. */
final class Kept implements ComputedTensor {
    private final LazyTensor number;
    private @Nullable TensorData data;

    Kept(LazyTensor number) {
        this.number = number;
    }

    /** The number. */
    float value() throws IOException {
        return materialize().window(0, Float.BYTES).getFloat();
    }

    @Override
    public String operation() {
        return number instanceof ComputedTensor computed ? computed.operation() : "kept";
    }

    @Override
    public DType dtype() {
        return number.dtype();
    }

    @Override
    public Shape shape() {
        return number.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return number.inputs();
    }

    @Override
    public synchronized TensorData materialize() throws IOException {
        if (data == null) {
            data = number.materialize();
        }
        return data;
    }
}
