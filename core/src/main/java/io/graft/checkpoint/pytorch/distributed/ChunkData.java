package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.CheckpointFile;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * The bytes of one chunk: a tensor in an archive of its own, which is opened when the first of them is read. Until then only the
 * file's metadata say what is in it, and the archive is held to that.
 */
final class ChunkData implements TensorData {
    private final CheckpointFile file;
    private final Location location;
    private final String name;
    private final DType dtype;
    private final Shape shape;
    private TensorData opened;

    /**
     * @param name of the tensor that it is a part of
     * @param shape the chunk's
     */
    ChunkData(CheckpointFile file, Location location, String name, DType dtype, Shape shape) {
        this.file = file;
        this.location = location;
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
    }

    private synchronized TensorData opened() throws IOException {
        if (opened == null) {
            opened = open();
        }
        return opened;
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

    @Override
    public long byteCount() {
        return dtype.byteCount(shape);
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        return opened().window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        opened().read(offset, target);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        opened().transferTo(target);
    }
}
