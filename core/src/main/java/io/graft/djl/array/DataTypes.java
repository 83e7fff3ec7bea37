package io.graft.djl.array;

import ai.djl.ndarray.types.DataType;
import io.graft.tensor.DType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The dtypes that DJL's PyTorch engine knows. An array of any other one would end the JVM, so none is ever made. */
public final class DataTypes {
    private static final Map<DType, DataType> ENGINE = new EnumMap<>(Map.of(
            DType.F32, DataType.FLOAT32,
            DType.F64, DataType.FLOAT64,
            DType.F16, DataType.FLOAT16,
            DType.U8, DataType.UINT8,
            DType.I8, DataType.INT8,
            DType.I32, DataType.INT32,
            DType.I64, DataType.INT64,
            DType.BOOL, DataType.BOOLEAN,
            DType.C64, DataType.COMPLEX64));

    private static final Map<DataType, DType> NAMED = new EnumMap<>(DataType.class);

    static {
        ENGINE.forEach((dtype, type) -> NAMED.put(type, dtype));
    }

    /** The narrowest type of the engine that holds every value of a type that the engine lacks. */
    private static final Map<DType, DType> WIDER = new EnumMap<>(Map.of(
            DType.BF16, DType.F32,
            DType.F8_E4M3, DType.F32,
            DType.F8_E5M2, DType.F32,
            DType.F8_E4M3FNUZ, DType.F32,
            DType.F8_E5M2FNUZ, DType.F32,
            DType.F8_E8M0, DType.F32,
            DType.I16, DType.I32,
            DType.U16, DType.I32,
            DType.U32, DType.I64));

    private DataTypes() {}

    /**
     * @throws IllegalArgumentException if DJL has no name for the array's type, as for bfloat16
     */
    public static DType of(DataType type) {
        DType dtype = NAMED.get(type);
        if (dtype == null) {
            throw new IllegalArgumentException("DJL cannot hold arrays of type " + type);
        }
        return dtype;
    }

    /** The engine's type for a dtype. Complex arrays cannot be made from bytes: the engine takes them for float32. */
    public static Optional<DataType> writable(DType dtype) {
        return dtype.isComplex() ? Optional.empty() : Optional.ofNullable(ENGINE.get(dtype));
    }

    /** The dtype to convert to before the engine sees the values: the same one where the engine knows it. */
    public static Optional<DType> engineSafe(DType dtype) {
        return writable(dtype).isPresent() ? Optional.of(dtype) : Optional.ofNullable(WIDER.get(dtype));
    }
}
