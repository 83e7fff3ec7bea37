package io.graft.checkpoint.safetensors;

import io.graft.tensor.DType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The format's dtypes. */
final class SafetensorsTypes {
    /** In the reference implementation's order, by which it lays out tensors: alignment never falls. */
    private static final List<DType> ORDER = List.of(
            DType.BOOL,
            DType.F4,
            DType.F6_E2M3,
            DType.F6_E3M2,
            DType.U8,
            DType.I8,
            DType.F8_E5M2,
            DType.F8_E4M3,
            DType.F8_E8M0,
            DType.F8_E4M3FNUZ,
            DType.F8_E5M2FNUZ,
            DType.I16,
            DType.U16,
            DType.F16,
            DType.BF16,
            DType.I32,
            DType.U32,
            DType.F32,
            DType.C64,
            DType.F64,
            DType.I64,
            DType.U64);

    private static final Map<String, DType> BY_NAME = new HashMap<>();
    private static final Map<DType, Integer> RANK = new EnumMap<>(DType.class);

    static {
        for (DType dtype : ORDER) {
            BY_NAME.put(dtype.name(), dtype);
            RANK.put(dtype, RANK.size());
        }
    }

    private SafetensorsTypes() {}

    /** The dtype of a header's spelling; null if the format has none of that name. */
    static DType named(String name) {
        return BY_NAME.get(name);
    }

    /** Compares by place in a file: widest alignment first. */
    static int compareInLayout(DType a, DType b) {
        return RANK.get(b) - RANK.get(a);
    }

    /** Whether the format has the dtype and elements fill whole bytes. */
    static boolean isSupported(DType dtype) {
        return RANK.containsKey(dtype) && dtype.bits() % 8 == 0;
    }
}
