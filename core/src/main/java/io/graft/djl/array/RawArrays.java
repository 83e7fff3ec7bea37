package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Dtypes that the engine lacks, up to 32 bits, as the bytes that the values lie in: 8 bits in an array of their shape, more of them with an
 * axis more.
 */
public final class RawArrays {
    private static final Map<Parameter, DType> HELD = Collections.synchronizedMap(new WeakHashMap<>());

    private RawArrays() {}

    /** Whether values of a dtype are held so. */
    public static boolean isRaw(DType dtype) {
        return DataTypes.writable(dtype).isEmpty()
                && DataTypes.engineSafe(dtype).isPresent()
                && dtype.bits() <= Integer.SIZE;
    }

    /** The shape of the bytes of a tensor. */
    public static Shape shape(DType dtype, Shape shape) {
        if (dtype.bits() == Byte.SIZE) {
            return shape;
        }
        List<Long> axes = new ArrayList<>(shape.dimensions());
        axes.add((long) dtype.bits() / Byte.SIZE);
        return new Shape(axes);
    }

    /**
     * @param data values of the dtype
     */
    public static NDArray create(NDManager manager, DType dtype, Shape shape, TensorData data) throws IOException {
        NDArray array = manager.create(Shapes.engine(shape(dtype, shape)), DataType.UINT8);
        new WeightWriter().write(array, data);
        return array;
    }

    /** Says what the bytes of a parameter are. */
    public static void hold(Parameter parameter, DType dtype) {
        HELD.put(parameter, dtype);
    }

    /** The dtype of a parameter's values. */
    public static DType dtype(Parameter parameter) {
        DType held = HELD.get(parameter);
        return held == null ? DataTypes.of(parameter.getArray().getDataType()) : held;
    }

    /** The shape of a parameter's values. */
    public static Shape shape(Parameter parameter) {
        Shape shape = Shapes.of(parameter.getArray().getShape());
        DType held = HELD.get(parameter);
        return held == null || held.bits() == Byte.SIZE
                ? shape
                : new Shape(shape.dimensions().subList(0, shape.rank() - 1));
    }
}
