package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.bytes.StoredData;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/**
 * Where a tensor's elements lie in its storage, for writing them there.
 *
 * @param offset first element, in elements
 * @param size elements per dimension; none where there are no elements
 * @param stride steps per dimension, in elements
 * @param contiguous whether the tensor's bytes are a part of the storage as they are
 */
public record Placement(
        StoredBytes storage,
        DType dtype,
        long offset,
        List<Long> size,
        List<Long> stride,
        long bytes,
        boolean contiguous) {
    /** Most of a storage that is in memory at once. */
    private static final int SEGMENT = 1 << 26;

    private static final int WINDOW = 1 << 20;

    /** The placement of a tensor that was read from a PyTorch file; empty for one of another kind of file. */
    public static Optional<Placement> of(TensorEntry entry) {
        int itemBytes = entry.dtype().bits() / 8;
        long bytes = entry.data().byteCount();
        if (entry.data() instanceof StoredData data) {
            long offset = (entry.range().offset() - data.stored().offset()) / itemBytes;
            return Optional.of(new Placement(data.stored(), entry.dtype(), offset, List.of(), List.of(), bytes, true));
        }
        if (entry.data() instanceof StridedTensorData data) {
            return Optional.of(new Placement(
                    data.storage(), data.dtype(), data.offset(), data.size(), data.stride(), bytes, false));
        }
        return Optional.empty();
    }

    /** Whether the tensor is all of its storage, so that nothing of the old bytes is left. */
    public boolean fills() {
        return contiguous && bytes == storage.length();
    }

    /** The same place in another file. */
    public Placement in(StoredBytes other) {
        return new Placement(other, dtype, offset, size, stride, bytes, contiguous);
    }

    /** The tensor that lies there, contiguous. */
    public TensorData data() {
        return contiguous
                ? storage.data(offset * itemBytes(), bytes)
                : new StridedTensorData(storage, dtype, offset, size, stride, bytes);
    }

    /**
     * Writes a tensor's contiguous bytes there.
     *
     * @return their checksum
     */
    public long write(TensorData data, FileChannel file) throws IOException {
        if (contiguous) {
            long start = storage.offset() + offset * itemBytes();
            file.position(start);
            data.transferTo(file);
            return Checksum.of(file, start, bytes);
        }
        for (long start = 0; start < storage.length(); start += SEGMENT) {
            int length = (int) Math.min(SEGMENT, storage.length() - start);
            ByteBuffer segment = ByteBuffer.allocate(length).order(storage.order());
            while (segment.hasRemaining() && file.read(segment, storage.offset() + start + segment.position()) >= 0) {
                // a read may give less than was asked for
            }
            scatter(data, start / itemBytes(), segment);
            segment.rewind();
            while (segment.hasRemaining()) {
                file.write(segment, storage.offset() + start + segment.position());
            }
        }
        return Checksum.of(data);
    }

    /**
     * Puts those elements that lie in one part of the storage.
     *
     * @param first the part's first element; no element lies across two parts
     */
    private void scatter(TensorData data, long first, ByteBuffer segment) throws IOException {
        long end = first + segment.capacity() / itemBytes();
        StrideWalk walk = new StrideWalk(offset, size, stride, 0);
        for (long at = 0; at < bytes; at += WINDOW) {
            ByteBuffer window =
                    data.window(at, (int) Math.min(WINDOW, bytes - at)).order(ByteOrder.LITTLE_ENDIAN);
            while (window.hasRemaining()) {
                long place = walk.next();
                if (place >= first && place < end) {
                    put(window, segment, (int) (place - first) * itemBytes());
                } else {
                    window.position(window.position() + itemBytes());
                }
            }
        }
    }

    private void put(ByteBuffer window, ByteBuffer segment, int at) {
        // The two halves of a complex number are swapped each for itself.
        int width = dtype.isComplex() ? itemBytes() / 2 : itemBytes();
        for (int part = 0; part < itemBytes(); part += width) {
            switch (width) {
                case 1 -> segment.put(at, window.get());
                case 2 -> segment.putShort(at, window.getShort());
                case 4 -> segment.putInt(at + part, window.getInt());
                default -> segment.putLong(at + part, window.getLong());
            }
        }
    }

    private int itemBytes() {
        return dtype.bits() / 8;
    }
}
