package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;

/**
 * A tensor whose elements lie scattered in its storage, or in the other byte order. They are gathered window by window, so
 * that a large tensor takes no more memory than the window.
 *
 * @param offset first element, in elements
 * @param size elements per dimension, none of them zero
 * @param stride steps per dimension, in elements; every element lies inside the storage
 */
record StridedTensorData(
        StoredBytes storage, DType dtype, long offset, List<Long> size, List<Long> stride, long byteCount)
        implements TensorData {
    private static final int TRANSFER = 1 << 20;

    @Override
    public ByteBuffer window(long from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, byteCount);
        storage.check();
        return new Gatherer().gather(from, length);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        storage.check();
        Gatherer gatherer = new Gatherer();
        for (long done = 0; done < byteCount; done += TRANSFER) {
            ByteBuffer part = gatherer.gather(done, (int) Math.min(TRANSFER, byteCount - done));
            while (part.hasRemaining()) {
                target.write(part);
            }
        }
    }

    /** Walks the elements in row-major order. Keeps the part of the storage that it looked at last. */
    private final class Gatherer {
        // A power of two, so that no element lies across two segments.
        private static final long SEGMENT = 1L << 30;

        private final int itemBytes = dtype.bits() / 8;
        private final ByteBuffer[] segments = new ByteBuffer[Math.toIntExact(storage.length() / SEGMENT + 1)];

        /** Bytes of the contiguous tensor; the range may begin and end inside an element. */
        ByteBuffer gather(long from, int length) throws IOException {
            long first = from / itemBytes;
            int lead = (int) (from % itemBytes);
            int count = Math.toIntExact((lead + (long) length + itemBytes - 1) / itemBytes);
            ByteBuffer gathered =
                    ByteBuffer.allocate(Math.multiplyExact(count, itemBytes)).order(ByteOrder.LITTLE_ENDIAN);
            gatherElements(first, gathered);
            return gathered.slice(lead, length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }

        private void gatherElements(long first, ByteBuffer target) throws IOException {
            StrideWalk walk = new StrideWalk(offset, size, stride, first);
            while (target.hasRemaining()) {
                copy(walk.next(), target);
            }
        }

        private void copy(long element, ByteBuffer target) throws IOException {
            long at = element * itemBytes;
            ByteBuffer segment = segment((int) (at / SEGMENT));
            int position = (int) (at % SEGMENT);
            // The two halves of a complex number are swapped each for itself.
            int width = dtype.isComplex() ? itemBytes / 2 : itemBytes;
            for (int part = 0; part < itemBytes; part += width) {
                switch (width) {
                    case 1 -> target.put(segment.get(position));
                    case 2 -> target.putShort(segment.getShort(position));
                    case 4 -> target.putInt(segment.getInt(position + part));
                    default -> target.putLong(segment.getLong(position + part));
                }
            }
        }

        private ByteBuffer segment(int number) throws IOException {
            if (segments[number] == null) {
                long start = number * SEGMENT;
                int length = (int) Math.min(SEGMENT, storage.length() - start);
                segments[number] = storage.part(start, length).window(0, length).order(storage.order());
            }
            return segments[number];
        }
    }
}
