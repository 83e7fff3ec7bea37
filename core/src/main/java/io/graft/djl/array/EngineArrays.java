package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.util.NativeResource;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;

/** Makes arrays of tensors, where one of a dtype that the engine lacks gets a wider one; and tells which are gone. */
public final class EngineArrays {
    private EngineArrays() {}

    public static NDArray create(NDManager manager, LazyTensor tensor) throws IOException {
        return create(manager, tensor.dtype(), tensor.shape(), tensor.materialize());
    }

    public static NDArray create(NDManager manager, DType dtype, Shape shape, TensorData data) throws IOException {
        DType safe = DataTypes.engineSafe(dtype)
                .orElseThrow(() -> new IllegalArgumentException("DJL cannot hold arrays of type " + dtype));
        NDArray array =
                manager.create(Shapes.engine(shape), DataTypes.writable(safe).orElseThrow());
        new WeightWriter().write(array, safe == dtype ? data : new DTypeConversion(data, dtype, safe));
        return array;
    }

    /** Whether an array's memory is gone: it was closed, or the manager that it belonged to. */
    public static boolean isReleased(NDArray array) {
        return array instanceof NativeResource<?> resource && resource.isReleased();
    }
}
