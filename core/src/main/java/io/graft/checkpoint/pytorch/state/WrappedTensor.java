package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.SubclassTensor;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The records that PyTorch writes around tensors. Some have a plain tensor inside, which is what Graft reads; the others say
 * how data of another layout are put together.
 */
public final class WrappedTensor {
    private static final String REBUILD = "_rebuild_";
    private static final String RESAVE = "load it in Python and save it as a plain tensor";

    /** Records whose first argument is the tensor. */
    private static final Set<String> AROUND = Set.of(
            "torch._utils._rebuild_parameter",
            "torch._utils._rebuild_parameter_with_state",
            "torch._utils._rebuild_device_tensor_from_cpu_tensor",
            "torch.nn.parameter.Parameter");

    /** Records may lie inside each other, as a parameter that is of a subclass. */
    private static final int DEEPEST = 8;

    private static final int HIGHEST_RANK = 64;

    private WrappedTensor() {}

    /** Whether PyTorch would make a tensor of the value, be it one that Graft reads or not. */
    public static boolean isTensor(PickleValue value) {
        return value instanceof TensorValue
                || value instanceof SubclassTensor
                || (value instanceof Opaque record && isRecord(record));
    }

    /** The plain tensor that the value is, or that it is a wrapper of; empty if there is none. */
    public static Optional<TensorValue> plain(PickleValue value) {
        PickleValue at = value;
        for (int depth = 0; depth < DEEPEST; depth++) {
            if (at instanceof TensorValue tensor) {
                return Optional.of(tensor);
            }
            if (at instanceof SubclassTensor subclass) {
                at = subclass.base() instanceof Opaque ? onlyField(subclass).orElse(null) : subclass.base();
            } else if (at instanceof Opaque record && AROUND.contains(record.typeName())) {
                at = argument(record, 0).orElse(null);
            } else {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** What the tensor is that has no plain tensor inside, as the middle of a sentence. */
    static String kind(PickleValue value) {
        String record = value instanceof Opaque opaque ? opaque.type().name() : "";
        return switch (record) {
            case "_rebuild_qtensor" -> "a quantized tensor";
            case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor" -> "a sparse tensor";
            case "_rebuild_nested_tensor" -> "a nested tensor";
            case "_rebuild_meta_tensor_no_storage" -> "a tensor of the meta device, without data";
            default -> "wrapped in a " + value.typeName();
        };
    }

    /** What to do about such a tensor. */
    static String help(PickleValue value) {
        String record = value instanceof Opaque opaque ? opaque.type().name() : "";
        return switch (record) {
            case "_rebuild_qtensor" -> "save the result of its dequantize() in Python";
            case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor" ->
                "save the result of its to_dense() in Python";
            case "_rebuild_nested_tensor" -> "save the result of its to_padded_tensor() in Python";
            case "_rebuild_meta_tensor_no_storage" -> "save the model after its weights were loaded";
            default -> RESAVE;
        };
    }

    /** What is known of the elements of such a tensor. */
    static NamedTensor.Elements elements(PickleValue value) {
        Optional<Opaque> record = value instanceof Opaque own
                ? Optional.of(own)
                : value instanceof SubclassTensor subclass && subclass.base() instanceof Opaque base
                        ? Optional.of(base)
                        : Optional.empty();
        return record.flatMap(WrappedTensor::elements).orElse(NamedTensor.Elements.UNKNOWN);
    }

    private static Optional<NamedTensor.Elements> elements(Opaque record) {
        return switch (record.type().name()) {
            case "_rebuild_qtensor" ->
                elements(
                        argument(record, 0)
                                .filter(StorageRef.class::isInstance)
                                .map(storage -> ((StorageRef) storage).type()),
                        argument(record, 2));
            case "_rebuild_meta_tensor_no_storage" -> elements(global(record, 0), argument(record, 1));
            case "_rebuild_wrapper_subclass" -> elements(global(record, 1), argument(record, 2));
            case "_rebuild_sparse_tensor" ->
                argument(record, 1)
                        .filter(Sequence.class::isInstance)
                        .map(parts -> ((Sequence) parts).items())
                        .filter(parts -> parts.size() > 2 && parts.get(1) instanceof TensorValue)
                        .flatMap(parts ->
                                elements(Optional.of(type((TensorValue) parts.get(1))), Optional.of(parts.get(2))));
            default -> Optional.empty();
        };
    }

    private static Optional<NamedTensor.Elements> elements(Optional<Global> type, Optional<PickleValue> size) {
        return type.isEmpty()
                ? Optional.empty()
                : size.flatMap(WrappedTensor::wholes)
                        .map(dimensions -> new NamedTensor.Elements(type.get(), dimensions));
    }

    private static Optional<List<Long>> wholes(PickleValue size) {
        if (!(size instanceof Sequence sequence) || sequence.items().size() > HIGHEST_RANK) {
            return Optional.empty();
        }
        List<Long> dimensions = new ArrayList<>();
        for (PickleValue item : sequence.items()) {
            if (!(item instanceof Numeric number && number.value() instanceof Long whole && whole >= 0)) {
                return Optional.empty();
            }
            dimensions.add((Long) ((Numeric) item).value());
        }
        return Optional.of(dimensions);
    }

    private static Global type(TensorValue tensor) {
        return tensor.dtype().orElse(tensor.storage().type());
    }

    private static Optional<Global> global(Opaque record, int index) {
        return argument(record, index).filter(Global.class::isInstance).map(Global.class::cast);
    }

    private static boolean isRecord(Opaque object) {
        return (object.type().module().equals("torch._utils")
                        && object.type().name().startsWith(REBUILD))
                || (AROUND.contains(object.typeName())
                        && argument(object, 0)
                                .filter(inner -> inner instanceof SubclassTensor || inner instanceof TensorValue)
                                .isPresent());
    }

    /** The one tensor that a wrapper without data of its own holds, if it is of the wrapper's size. */
    private static Optional<PickleValue> onlyField(SubclassTensor wrapper) {
        PickleValue fields =
                wrapper.fields() instanceof Sequence pair && !pair.items().isEmpty()
                        ? pair.items().get(0)
                        : wrapper.fields();
        if (!(fields instanceof Mapping mapping) || !(wrapper.base() instanceof Opaque record)) {
            return Optional.empty();
        }
        List<PickleValue> inner = mapping.items().stream()
                .map(PickleValue.Item::value)
                .filter(WrappedTensor::isTensor)
                .limit(2)
                .toList();
        Optional<PickleValue> size = argument(record, 2);
        return inner.size() == 1
                        && inner.get(0) instanceof TensorValue tensor
                        && size.filter(value -> isSize(value, tensor.size())).isPresent()
                ? Optional.of(tensor)
                : Optional.empty();
    }

    private static boolean isSize(PickleValue value, List<Long> size) {
        return value instanceof Sequence sequence
                && sequence.items().size() == size.size()
                && sequence.items().equals(size.stream().map(Numeric::of).toList());
    }

    private static Optional<PickleValue> argument(Opaque record, int index) {
        return record.arguments() instanceof Sequence arguments
                        && arguments.items().size() > index
                ? Optional.of(arguments.items().get(index))
                : Optional.empty();
    }
}
