package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.DeferredData;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.storage.TensorResolver;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The archive of one chunk, which holds it as a tensor. Until it is opened, only the file's metadata say what is in it, and it is held
 * to that.
 *
 * @param name of the tensor that the chunk is a part of
 * @param shape the chunk's
 */
record ChunkArchive(CheckpointFile file, Location location, String name, DType dtype, Shape shape) {
    /** The bytes of the chunk, for which the archive is opened when the first of them is read. */
    TensorData data() {
        return new DeferredData(dtype, shape, this::open);
    }

    private TensorData open() throws IOException {
        Refusals refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        TorchArchive archive = TorchArchive.open(file, location.offset(), location.length());
        PickleValue value = archive.readPickle(PickleLimits.SMALL);
        if (!(value instanceof TensorValue tensor)) {
            throw refusals.malformed("the archive at byte " + location.offset() + " is to hold a part of tensor "
                    + Refusals.quote(name) + ", and holds a " + value.typeName());
        }
        try (FileChannel channel = file.open()) {
            TensorEntry entry = new TensorResolver(
                            (key, wantedBy) -> archive.storage("data", key, wantedBy, channel), refusals)
                    .resolve(name, tensor);
            if (entry.dtype() != dtype || !entry.shape().equals(shape)) {
                throw refusals.malformed("the archive at byte " + location.offset() + " holds " + entry.dtype() + " "
                        + entry.shape() + ", and .metadata says that this part of tensor " + Refusals.quote(name)
                        + " is " + dtype + " " + shape);
            }
            return entry.data();
        }
    }
}
