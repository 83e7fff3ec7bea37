package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks a described tensor against its storage and ties it to the bytes. Only wanted tensors come here. */
public final class TensorResolver {
    private static final String RESAVE = "load it in Python and save it as a plain tensor";

    /** Expanded views of a file may take this many bytes together, or this many times the file, before they count as a bomb. */
    private static final long EXPANDED = 256L << 20;

    private static final long EXPANDED_TIMES = 64;

    private final StorageSource source;
    private final Refusals refusals;
    private final Map<String, StoredBytes> storages = new HashMap<>();
    private long expanded;

    public TensorResolver(StorageSource source, Refusals refusals) {
        this.source = source;
        this.refusals = refusals;
    }

    /**
     * The entry of one tensor. One of a type that Graft does not read, and a lazy view, is listed and not read.
     *
     * @throws CheckpointException if its storage is missing or of another length, if an element lies outside of it, or if expanded
     *     views would take more bytes than any model's
     */
    public TensorEntry resolve(String name, TensorValue tensor) throws IOException {
        Global type = tensor.dtype().orElse(tensor.storage().type());
        Optional<DType> known = dtype(tensor);
        if (known.isEmpty()) {
            return unread(
                    name,
                    type,
                    tensor.size(),
                    new Refusal("is of type " + type.qualifiedName() + ", which Graft does not read", RESAVE));
        }
        if (!tensor.view().isEmpty()) {
            return unread(
                    name,
                    type,
                    tensor.size(),
                    new Refusal("is a lazy " + tensor.view() + " view, which Graft does not read", RESAVE));
        }
        String quoted = "tensor " + Refusals.quote(name);
        DType dtype = known.get();
        StoredBytes storage = storage(quoted, tensor.storage(), dtype);
        if (TorchTypes.ofStorage(tensor.storage().type())
                .filter(stored -> stored != dtype)
                .isPresent()) {
            throw refusals.refused(quoted + " is of " + dtype + ", but its storage is a "
                    + tensor.storage().type().name());
        }
        int itemBytes = dtype.bits() / 8;
        Extent extent = extent(quoted, tensor, storage.length() / itemBytes);
        if (extent.count > storage.length() / itemBytes) {
            countExpanded(quoted, tensor, extent.count, itemBytes, storage);
        }
        long start = tensor.offset() * itemBytes;
        long length = extent.count * itemBytes;
        TensorData data;
        if (extent.count == 0
                || (isContiguous(tensor) && (itemBytes == 1 || storage.order() == ByteOrder.LITTLE_ENDIAN))) {
            start = extent.count == 0 ? 0 : start;
            data = storage.data(start, length);
        } else {
            data = new StridedTensorData(storage, dtype, tensor.offset(), tensor.size(), tensor.stride(), length);
        }
        ByteRange range = new ByteRange(
                storage.file().path(),
                storage.offset() + start,
                extent.count == 0 ? 0 : (extent.last + 1) * itemBytes - start);
        return new TensorEntry(name, dtype, new Shape(tensor.size()), range, data, tensor.declared());
    }

    /**
     * The entry of a tensor that is not read.
     *
     * @param type name of the type of its elements, or of a storage of such
     * @param size elements per dimension
     * @param refusal why, and what to do
     */
    public TensorEntry unread(String name, Global type, List<Long> size, Refusal refusal) {
        DType dtype = TorchTypes.listed(type);
        Shape shape = new Shape(size);
        long bytes;
        try {
            bytes = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            throw refusals.refused(
                    "tensor " + Refusals.quote(name) + " has the shape " + shape + ", more than can be addressed");
        }
        return new TensorEntry(
                name,
                dtype,
                shape,
                new ByteRange(refusals.path(), 0, 0),
                new UnreadableData(refusals.path(), name, refusal, bytes));
    }

    private void countExpanded(String quoted, TensorValue tensor, long count, int itemBytes, StoredBytes storage) {
        long most = Math.max(EXPANDED, EXPANDED_TIMES * storage.file().size());
        // A count that is too large is not multiplied.
        if (count > (most - expanded) / itemBytes) {
            throw refusals.refused(quoted + " of shape " + tensor.size() + " repeats the " + storage.length()
                    + " bytes of its storage; with it, the expanded tensors of the file take more than " + most
                    + " bytes");
        }
        expanded += count * itemBytes;
    }

    /** The bytes that the elements of a described tensor take, as it says of itself; 0 if it is of no known type. */
    public static long bytes(TensorValue tensor) {
        double elements = 1;
        for (long size : tensor.size()) {
            elements *= size;
        }
        return (long) (elements * dtype(tensor).map(DType::bits).orElse(0) / Byte.SIZE);
    }

    private static Optional<DType> dtype(TensorValue tensor) {
        return tensor.dtype().isPresent()
                ? tensor.dtype().flatMap(TorchTypes::ofDType)
                : TorchTypes.ofStorage(tensor.storage().type());
    }

    private StoredBytes storage(String quoted, StorageRef ref, DType dtype) throws IOException {
        StoredBytes storage = storages.get(ref.key());
        if (storage == null) {
            storage = source.storage(ref.key(), quoted);
            storages.put(ref.key(), storage);
        }
        int itemBytes = TorchTypes.isUntyped(ref.type())
                ? 1
                : TorchTypes.ofStorage(ref.type()).orElse(dtype).bits() / 8;
        if (storage.length() / itemBytes != ref.elementCount() || storage.length() % itemBytes != 0) {
            throw refusals.malformed(quoted + " needs " + ref.elementCount() + " elements of " + itemBytes
                    + " bytes in " + Refusals.quote(storage.name()) + ", which has " + storage.length() + " bytes");
        }
        return storage;
    }

    private record Extent(long count, long last) {}

    /** Number of elements, and the index of the last one in the storage. */
    private Extent extent(String quoted, TensorValue tensor, long stored) {
        List<Long> size = tensor.size();
        if (size.size() != tensor.stride().size()) {
            throw refusals.malformed(quoted + " has " + size.size() + " dimensions, but strides of "
                    + tensor.stride().size());
        }
        try {
            long count = 1;
            long last = tensor.offset();
            for (int d = 0; d < size.size(); d++) {
                // Also beside a zero, a product beyond a long is refused: others multiply in another order.
                count = Math.multiplyExact(count, Math.max(size.get(d), 1));
                if (size.get(d) > 1) {
                    last = Math.addExact(
                            last,
                            Math.multiplyExact(size.get(d) - 1, tensor.stride().get(d)));
                }
            }
            if (size.contains(0L)) {
                return new Extent(0, 0);
            }
            if (last < stored) {
                return new Extent(count, last);
            }
        } catch (ArithmeticException tooLarge) {
            // told below
        }
        throw refusals.malformed(quoted + " of shape " + size + ", stride " + tensor.stride() + " and offset "
                + tensor.offset() + " reaches beyond its storage of " + stored + " elements");
    }

    private static boolean isContiguous(TensorValue tensor) {
        long expected = 1;
        for (int d = tensor.size().size() - 1; d >= 0; d--) {
            long size = tensor.size().get(d);
            if (size != 1 && tensor.stride().get(d) != expected) {
                return false;
            }
            expected *= size;
        }
        return true;
    }
}
