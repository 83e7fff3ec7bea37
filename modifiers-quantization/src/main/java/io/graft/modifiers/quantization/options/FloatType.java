package io.graft.modifiers.quantization.options;

import io.graft.tensor.DType;

/** Dtypes that values can be restored in. */
public enum FloatType {
    F16,
    BF16,
    F32;

    /** The dtype. */
    public DType dtype() {
        return DType.valueOf(name());
    }
}
