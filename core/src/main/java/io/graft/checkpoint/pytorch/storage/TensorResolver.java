package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
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

    /** A view may repeat its storage this often, or be this large, before it counts as a bomb. */
    private static final long MOST_REPEATS = 64;

    private static final long SMALL = 1 << 20;

    private final StorageSource source;
    private final Refusals refusals;
    private final Map<String, StoredBytes> storages = new HashMap<>();

    public TensorResolver(StorageSource source, Refusals refusals) {
        this.source = source;
        this.refusals = refusals;
    }

    /**
     * The entry of one tensor.
     *
     * @throws CheckpointException if its storage is missing or of another length, if an element lies outside of it, or if
     *     its type is none that Graft reads
     */
    public TensorEntry resolve(String name, TensorValue tensor) throws IOException {
        String quoted = "tensor " + Refusals.quote(name);
        DType dtype = dtype(quoted, tensor);
        if (!tensor.view().isEmpty()) {
            throw refusals.unsupported(quoted + " is a lazy " + tensor.view() + " view", RESAVE);
        }
        StoredBytes storage = storage(quoted, tensor.storage(), dtype);
        if (TorchTypes.ofStorage(tensor.storage().type())
                .filter(type -> type != dtype)
                .isPresent()) {
            throw refusals.refused(quoted + " is of " + dtype + ", but its storage is a "
                    + tensor.storage().type().name());
        }
        int itemBytes = dtype.bits() / 8;
        Extent extent = extent(quoted, tensor, storage.length() / itemBytes);
        if (extent.count > MOST_REPEATS * (storage.length() / itemBytes) && extent.count > SMALL / itemBytes) {
            throw refusals.refused(quoted + " of shape " + tensor.size() + " repeats the " + storage.length()
                    + " bytes of its storage more than " + MOST_REPEATS + " times");
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

    private DType dtype(String quoted, TensorValue tensor) {
        return dtype(tensor)
                .orElseThrow(() -> refusals.unsupported(
                        quoted + " is of type "
                                + tensor.dtype().orElse(tensor.storage().type()).qualifiedName()
                                + ", which Graft does not read",
                        RESAVE));
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
