package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.tensor.DType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** PyTorch's names of element types. */
public final class TorchTypes {
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("DoubleStorage", DType.F64),
            Map.entry("FloatStorage", DType.F32),
            Map.entry("HalfStorage", DType.F16),
            Map.entry("BFloat16Storage", DType.BF16),
            Map.entry("LongStorage", DType.I64),
            Map.entry("IntStorage", DType.I32),
            Map.entry("ShortStorage", DType.I16),
            Map.entry("CharStorage", DType.I8),
            Map.entry("ByteStorage", DType.U8),
            Map.entry("BoolStorage", DType.BOOL),
            Map.entry("ComplexFloatStorage", DType.C64),
            Map.entry("ComplexDoubleStorage", DType.C128));

    /** Classes that Python lacks; TorchScript archives name them. */
    private static final Map<String, DType> SCRIPT_STORAGES = Map.of(
            "UInt16Storage",
            DType.U16,
            "UInt32Storage",
            DType.U32,
            "UInt64Storage",
            DType.U64,
            "Float8_e4m3fnStorage",
            DType.F8_E4M3,
            "Float8_e5m2Storage",
            DType.F8_E5M2,
            "Float8_e4m3fnuzStorage",
            DType.F8_E4M3FNUZ,
            "Float8_e5m2fnuzStorage",
            DType.F8_E5M2FNUZ,
            "Float8_e8m0fnuStorage",
            DType.F8_E8M0,
            "ComplexHalfStorage",
            DType.C32);

    private static final Map<String, DType> DTYPES = Map.ofEntries(
            Map.entry("float64", DType.F64),
            Map.entry("double", DType.F64),
            Map.entry("float32", DType.F32),
            Map.entry("float", DType.F32),
            Map.entry("float16", DType.F16),
            Map.entry("half", DType.F16),
            Map.entry("bfloat16", DType.BF16),
            Map.entry("float8_e4m3fn", DType.F8_E4M3),
            Map.entry("float8_e5m2", DType.F8_E5M2),
            Map.entry("float8_e4m3fnuz", DType.F8_E4M3FNUZ),
            Map.entry("float8_e5m2fnuz", DType.F8_E5M2FNUZ),
            Map.entry("float8_e8m0fnu", DType.F8_E8M0),
            Map.entry("int64", DType.I64),
            Map.entry("long", DType.I64),
            Map.entry("int32", DType.I32),
            Map.entry("int", DType.I32),
            Map.entry("int16", DType.I16),
            Map.entry("short", DType.I16),
            Map.entry("int8", DType.I8),
            Map.entry("uint8", DType.U8),
            Map.entry("uint16", DType.U16),
            Map.entry("uint32", DType.U32),
            Map.entry("uint64", DType.U64),
            Map.entry("bool", DType.BOOL),
            Map.entry("complex32", DType.C32),
            Map.entry("complex64", DType.C64),
            Map.entry("cfloat", DType.C64),
            Map.entry("complex128", DType.C128),
            Map.entry("cdouble", DType.C128));

    private static final Map<DType, String> STORAGE_NAMES = new EnumMap<>(DType.class);

    /** The names of types that have no storage class of their own; none of them has a second name. */
    private static final Map<DType, String> UNTYPED_NAMES = new EnumMap<>(DType.class);

    static {
        STORAGES.forEach((name, dtype) -> STORAGE_NAMES.put(dtype, name));
        DTYPES.forEach((name, dtype) -> {
            if (!STORAGE_NAMES.containsKey(dtype)) {
                UNTYPED_NAMES.put(dtype, name);
            }
        });
    }

    private TorchTypes() {}

    /** Element type of a storage class such as {@code torch.FloatStorage}. */
    public static Optional<DType> ofStorage(Global storage) {
        return Optional.ofNullable(STORAGES.getOrDefault(storage.name(), SCRIPT_STORAGES.get(storage.name())));
    }

    /** The type of the codes that a type of quantized elements, or a storage of such, consists of. */
    public static Optional<DType> ofCodes(Global type) {
        return switch (type.name()) {
            case "qint8", "QInt8Storage" -> Optional.of(DType.I8);
            case "quint8", "QUInt8Storage" -> Optional.of(DType.U8);
            case "qint32", "QInt32Storage" -> Optional.of(DType.I32);
            default -> Optional.empty();
        };
    }

    /** The type that elements of a tensor that is not read are listed as: their own, that of their codes, or bytes. */
    static DType listed(Global type) {
        return ofDType(type).or(() -> ofStorage(type)).or(() -> ofCodes(type)).orElse(DType.U8);
    }

    /** Whether a storage is plain bytes, its element type told by each tensor. */
    public static boolean isUntyped(Global storage) {
        return storage.name().equals("UntypedStorage");
    }

    /** Element type of a name such as {@code torch.float8_e5m2}. */
    public static Optional<DType> ofDType(Global dtype) {
        return dtype.module().equals("torch") ? Optional.ofNullable(DTYPES.get(dtype.name())) : Optional.empty();
    }

    /** The storage class of an element type; empty if its tensors lie in untyped storages. */
    public static Optional<String> storageOf(DType dtype) {
        return Optional.ofNullable(STORAGE_NAMES.get(dtype));
    }

    /** The storage class that a TorchScript archive names for an element type; empty if PyTorch lacks the type. */
    public static Optional<String> scriptStorageOf(DType dtype) {
        return storageOf(dtype)
                .or(() -> SCRIPT_STORAGES.entrySet().stream()
                        .filter(entry -> entry.getValue() == dtype)
                        .map(Map.Entry::getKey)
                        .findFirst());
    }

    /** PyTorch's name of an element type that has no storage class; empty if PyTorch lacks the type, too. */
    public static Optional<String> untypedName(DType dtype) {
        return Optional.ofNullable(UNTYPED_NAMES.get(dtype));
    }
}
