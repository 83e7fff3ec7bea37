package io.graft.checkpoint.pytorch.exported;

import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of one tensor or object.
 *
 * @param path the member that holds it, in the folder of its kind
 * @param isParameter whether it is a parameter
 * @param isPickle whether the member is a pickle, as that of a subclass of tensors is
 * @param meta of a tensor; null of another object
 */
record Payload(
        String path,
        boolean isParameter,
        boolean isPickle,
        @Nullable Meta meta) {
    private static final long STRIDED = 7;
    private static final Global BYTES = new Global("torch", "UntypedStorage");

    /** PyTorch's names of the numbers that its schema gives to types of elements. */
    private static final Map<Long, String> TYPES = Map.ofEntries(
            Map.entry(1L, "uint8"),
            Map.entry(2L, "int8"),
            Map.entry(3L, "int16"),
            Map.entry(4L, "int32"),
            Map.entry(5L, "int64"),
            Map.entry(6L, "float16"),
            Map.entry(7L, "float32"),
            Map.entry(8L, "float64"),
            Map.entry(9L, "complex32"),
            Map.entry(10L, "complex64"),
            Map.entry(11L, "complex128"),
            Map.entry(12L, "bool"),
            Map.entry(13L, "bfloat16"),
            Map.entry(28L, "uint16"),
            Map.entry(29L, "float8_e4m3fn"),
            Map.entry(30L, "float8_e5m2"),
            Map.entry(31L, "float8_e4m3fnuz"),
            Map.entry(32L, "float8_e5m2fnuz"),
            Map.entry(33L, "float8_e8m0fnu"),
            Map.entry(34L, "uint32"),
            Map.entry(35L, "uint64"));

    /**
     * How the elements of a tensor lie in its member.
     *
     * @param type number of the type of elements
     * @param layout number of the layout
     * @param offset first element, in elements
     * @param size elements per dimension
     * @param stride steps per dimension, in elements
     * @param takesGradient whether it is trained
     */
    record Meta(long type, long layout, long offset, List<Long> size, List<Long> stride, boolean takesGradient) {}

    /**
     * The tensor.
     *
     * @param bytes of its member
     */
    NamedTensor tensor(long bytes) {
        Optional<Global> type = Optional.ofNullable(TYPES.get(meta.type)).map(name -> new Global("torch", name));
        if (isPickle) {
            return unread(
                    type,
                    "is saved as a pickle, as PyTorch does with subclasses of tensors, which Graft does not read",
                    "export the model with plain tensors");
        }
        if (meta.layout != STRIDED) {
            return unread(
                    type,
                    "is a sparse tensor, which Graft does not read",
                    "export the model with the result of its to_dense()");
        }
        if (type.isEmpty()) {
            return unread(
                    type,
                    "is of type number " + meta.type + " of PyTorch's schema, which Graft does not know",
                    "export the model with another type");
        }
        if (bytes == 0 && !meta.size.contains(0L)) {
            return unread(type, "has no data in the archive", "export the model with its weights");
        }
        return new NamedTensor.Plain(new TensorValue(
                new StorageRef(path, BYTES, "cpu", bytes),
                meta.offset,
                meta.size,
                meta.stride,
                type,
                "",
                Optional.of(kind())));
    }

    private DeclaredKind kind() {
        if (!isParameter) {
            return DeclaredKind.BUFFER;
        }
        return meta.takesGradient ? DeclaredKind.PARAMETER : DeclaredKind.FROZEN_PARAMETER;
    }

    private NamedTensor unread(Optional<Global> type, String reason, String help) {
        return new NamedTensor.Unread(
                type.map(known -> new NamedTensor.Elements(known, meta.size)).orElse(NamedTensor.Elements.UNKNOWN),
                new Refusal(reason, help));
    }
}
