package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Scattered;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;

/**
 * A tensor that is put together of chunks as it is read. The elements of a chunk come in the order in which they lie, so that each is
 * read forward, through a buffer of its own where its rows are short.
 */
final class ShardedData implements Scattered {
    private static final int TRANSFER = 1 << 20;

    /** Bytes of all buffers together, and of one at most and at least. */
    private static final int BUFFERS = 4 << 20;

    private static final int LARGEST_BUFFER = 1 << 16;
    private static final int SMALLEST_BUFFER = 1 << 9;

    /**
     * A chunk and its bytes.
     *
     * @param range where its archive lies
     */
    record Shard(Chunk chunk, TensorData data, ByteRange range) {}

    private final List<Long> size;
    private final int itemBytes;
    private final List<Shard> shards;
    private final long byteCount;

    /**
     * @param size of the tensor
     * @param shards which cover it, sorted by their offsets
     */
    ShardedData(List<Long> size, int itemBytes, List<Shard> shards, long byteCount) {
        this.size = size;
        this.itemBytes = itemBytes;
        this.shards = shards;
        this.byteCount = byteCount;
    }

    @Override
    public List<ByteRange> ranges() {
        return shards.stream().map(Shard::range).toList();
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount);
        ByteBuffer window = ByteBuffer.allocate(length);
        new Gatherer().gather(offset, window);
        return window.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), byteCount);
        new Gatherer().gather(offset, target);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        Gatherer gatherer = new Gatherer();
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(TRANSFER, byteCount));
        for (long done = 0; done < byteCount; done += part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), byteCount - done));
            gatherer.gather(done, part);
            part.flip();
            while (part.hasRemaining()) {
                target.write(part);
            }
        }
    }

    /** Bytes of a chunk that were read ahead. */
    private static final class Ahead {
        private final ByteBuffer bytes;
        private long from;

        Ahead(int room) {
            bytes = ByteBuffer.allocate(room).limit(0);
        }

        void copy(TensorData data, long offset, ByteBuffer target) throws IOException {
            while (target.hasRemaining()) {
                long at = offset - from;
                if (at < 0 || at >= bytes.limit()) {
                    bytes.clear().limit((int) Math.min(bytes.capacity(), data.byteCount() - offset));
                    data.read(offset, bytes);
                    bytes.flip();
                    from = offset;
                    at = 0;
                }
                int count = (int) Math.min(target.remaining(), bytes.limit() - at);
                target.put(bytes.slice((int) at, count));
                offset += count;
            }
        }
    }

    /** Walks over the tensor in runs of bytes that lie in one chunk in a row. */
    private final class Gatherer {
        private final Ahead[] ahead = new Ahead[shards.size()];
        private final int room = Math.max(SMALLEST_BUFFER, Math.min(LARGEST_BUFFER, BUFFERS / shards.size()));
        private final long[] index = new long[size.size()];
        private int last;

        void gather(long offset, ByteBuffer target) throws IOException {
            long at = offset;
            int end = target.limit();
            while (target.position() < end) {
                at += run(at, target, end);
            }
        }

        /** Copies the run that begins at a byte, or what the target takes of it, and tells how much that was. */
        private int run(long at, ByteBuffer target, int end) throws IOException {
            long element = at / itemBytes;
            place(element);
            Shard shard = shards.get(find());
            List<Long> offsets = shard.chunk().offsets();
            List<Long> sizes = shard.chunk().sizes();
            long local = 0;
            for (int d = 0; d < index.length; d++) {
                local = local * sizes.get(d) + index[d] - offsets.get(d);
            }
            // Rows follow each other in a chunk as in the tensor up to the last dimension that is cut.
            int d = index.length - 1;
            long inner = 1;
            while (d > 0 && sizes.get(d).equals(size.get(d))) {
                inner *= size.get(d);
                d--;
            }
            long runElements =
                    index.length == 0 ? 1 : inner * (offsets.get(d) + sizes.get(d) - index[d]) - withinInner(d);
            int skipped = (int) (at % itemBytes);
            int count = (int) Math.min(end - target.position(), runElements * itemBytes - skipped);
            target.limit(target.position() + count);
            copy(shard.data(), local * itemBytes + skipped, target, runElements * itemBytes);
            target.limit(end);
            return count;
        }

        private long withinInner(int d) {
            long within = 0;
            for (int inner = d + 1; inner < index.length; inner++) {
                within = within * size.get(inner) + index[inner];
            }
            return within;
        }

        private void copy(TensorData data, long offset, ByteBuffer target, long runBytes) throws IOException {
            if (runBytes >= room) {
                data.read(offset, target);
                return;
            }
            if (ahead[last] == null) {
                ahead[last] = new Ahead(room);
            }
            ahead[last].copy(data, offset, target);
        }

        private void place(long element) {
            long rest = element;
            for (int d = index.length - 1; d >= 0; d--) {
                index[d] = rest % size.get(d);
                rest /= size.get(d);
            }
        }

        /** The chunk that holds the element; as a rule the one after the last. */
        private int find() {
            for (int i = 0; i < shards.size(); i++) {
                int candidate = (last + i) % shards.size();
                if (holds(shards.get(candidate).chunk())) {
                    last = candidate;
                    return candidate;
                }
            }
            throw new IllegalStateException("no chunk holds an element of a tensor that they cover");
        }

        private boolean holds(Chunk chunk) {
            for (int d = 0; d < index.length; d++) {
                long inside = index[d] - chunk.offsets().get(d);
                if (inside < 0 || inside >= chunk.sizes().get(d)) {
                    return false;
                }
            }
            return true;
        }
    }
}
