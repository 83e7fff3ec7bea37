package io.graft.format.onnx;

import io.graft.tensor.DType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The format's element types, by the numbers of {@code TensorProto.DataType}. */
enum OnnxType {
    UNDEFINED(null),
    FLOAT(DType.F32),
    UINT8(DType.U8),
    INT8(DType.I8),
    UINT16(DType.U16),
    INT16(DType.I16),
    INT32(DType.I32),
    INT64(DType.I64),
    STRING(null),
    BOOL(DType.BOOL),
    FLOAT16(DType.F16),
    DOUBLE(DType.F64),
    UINT32(DType.U32),
    UINT64(DType.U64),
    COMPLEX64(DType.C64),
    COMPLEX128(DType.C128),
    BFLOAT16(DType.BF16),
    FLOAT8E4M3FN(DType.F8_E4M3),
    FLOAT8E4M3FNUZ(DType.F8_E4M3FNUZ),
    FLOAT8E5M2(DType.F8_E5M2),
    FLOAT8E5M2FNUZ(DType.F8_E5M2FNUZ),
    UINT4(null),
    INT4(null),
    FLOAT4E2M1(null),
    FLOAT8E8M0(DType.F8_E8M0);

    private final @Nullable DType dtype;

    OnnxType(@Nullable DType dtype) {
        this.dtype = dtype;
    }

    /** What its elements are; empty for text, and for those that do not fill whole bytes. */
    Optional<DType> dtype() {
        return Optional.ofNullable(dtype);
    }

    /** The type of a number; empty for one that the format had not when this was written. */
    static Optional<OnnxType> of(int number) {
        return number > 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
    }
}
