package io.graft.checkpoint.pytorch.container;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.storage.StorageSource;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.tensor.DType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * The container of before PyTorch 1.6: five pickles in a row (a magic number, the version, facts on the machine, the object,
 * the keys of its storages), then for each key the number of elements and the elements. It has no checksums.
 *
 * @param root the object
 * @param storages the storages by key
 */
public record LegacyContainer(PickleValue root, Map<String, StoredBytes> storages) {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final Numeric VERSION = new Numeric(1001L);
    private static final int COUNT_BYTES = 8;

    /**
     * Reads the pickles, and where the storages lie.
     *
     * @throws CheckpointException if the file is a pickle of another kind, or damaged
     */
    public static LegacyContainer open(CheckpointFile file, PickleLimits limits) throws IOException {
        return new Opening(file, limits).run();
    }

    private static final class Opening {
        private final CheckpointFile file;
        private final PickleLimits limits;
        private final Refusals refusals;

        Opening(CheckpointFile file, PickleLimits limits) {
            this.file = file;
            this.limits = limits;
            this.refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        }

        LegacyContainer run() throws IOException {
            long size = Math.min(file.size(), limits.bytes());
            try (ByteCursor cursor = new ByteCursor(new FileSlice(file.open(), 0, size), size)) {
                requireMagic(cursor);
                PickleValue version = reader(cursor, "the version").read();
                if (!version.equals(VERSION)) {
                    throw refusals.unsupported(
                            "a PyTorch file of before 1.6, in a version other than 1001",
                            "save it again with a current torch.save");
                }
                ByteOrder order = order(reader(cursor, "the machine facts").read());
                PickleReader objectReader = reader(cursor, "the object");
                PickleValue root = objectReader.read();
                PickleValue keys = reader(cursor, "the list of storages").read();
                return new LegacyContainer(root, storages(keys, objectReader.storages(), cursor.position(), order));
            }
        }

        private PickleReader reader(ByteCursor cursor, String where) {
            return new PickleReader(cursor, where, refusals, limits);
        }

        /** A pickle that would run code is called that, whatever else is wrong with it. */
        private void requireMagic(ByteCursor cursor) throws IOException {
            try {
                if (reader(cursor, "the pickle").read() instanceof Numeric number
                        && number.value().equals(MAGIC)) {
                    return;
                }
            } catch (CheckpointException damaged) {
                if (damaged.reason() == Reason.REFUSED) {
                    throw damaged;
                }
            }
            throw refusals.unsupported(
                    "a bare pickle, not a checkpoint", "give a file made by torch.save or safetensors");
        }

        private ByteOrder order(PickleValue facts) {
            if (facts instanceof Mapping mapping && mapping.get("little_endian").isPresent()) {
                return mapping.get("little_endian").get().equals(Flag.FALSE)
                        ? ByteOrder.BIG_ENDIAN
                        : ByteOrder.LITTLE_ENDIAN;
            }
            throw refusals.malformed("the machine facts of the file lack 'little_endian'");
        }

        private Map<String, StoredBytes> storages(
                PickleValue keys, Map<String, StorageRef> refs, long start, ByteOrder order) throws IOException {
            if (!(keys instanceof Sequence sequence)) {
                throw refusals.malformed("the list of storages is a " + keys.typeName());
            }
            Map<String, StoredBytes> storages = new HashMap<>();
            long position = start;
            try (FileChannel channel = file.open()) {
                for (PickleValue item : sequence.items()) {
                    StorageRef ref = item instanceof Text key ? refs.get(key.value()) : null;
                    if (ref == null || storages.containsKey(ref.key())) {
                        throw refusals.malformed("the list of storages does not fit the object");
                    }
                    long length = length(ref, count(channel, position, order), position);
                    position += COUNT_BYTES;
                    storages.put(
                            ref.key(),
                            new StoredBytes(file, ref.key(), position, length, 0, order, ShardKind.PYTORCH.advice()));
                    position += length;
                }
            }
            if (position != file.size()) {
                throw refusals.refused("the storages end at byte " + position + ", but the file has " + file.size()
                        + " bytes; what follows is not part of it");
            }
            return storages;
        }

        private long length(StorageRef ref, long count, long position) {
            int itemBytes = TorchTypes.isUntyped(ref.type())
                    ? 1
                    : TorchTypes.ofStorage(ref.type())
                                    .or(() -> TorchTypes.ofCodes(ref.type()))
                                    .map(DType::bits)
                                    .orElseThrow(() -> refusals.unsupported(
                                            "storage " + Refusals.quote(ref.key()) + " is a "
                                                    + ref.type().qualifiedName() + ", which Graft does not read",
                                            "load it in Python and save it as plain tensors"))
                            / 8;
            long room = file.size() - position - COUNT_BYTES;
            if (count < 0 || count > room / itemBytes) {
                throw refusals.malformed("storage " + Refusals.quote(ref.key()) + " needs " + count + " elements of "
                        + itemBytes + " bytes, but the file ends after " + room + " bytes");
            }
            return count * itemBytes;
        }

        private long count(FileChannel channel, long position, ByteOrder order) throws IOException {
            ByteBuffer count = ByteBuffer.allocate(COUNT_BYTES).order(order);
            while (count.hasRemaining()) {
                if (channel.read(count, position + count.position()) < 0) {
                    throw refusals.malformed("the file is cut short: it ends after " + file.size()
                            + " bytes, before the size of a storage");
                }
            }
            return count.getLong(0);
        }
    }

    /** As {@link StorageSource}. */
    public StoredBytes storage(String key, String wantedBy, Refusals refusals) {
        StoredBytes storage = storages.get(key);
        if (storage == null) {
            throw refusals.malformed(wantedBy + " needs storage " + Refusals.quote(key) + ", which the file lacks");
        }
        return storage;
    }
}
