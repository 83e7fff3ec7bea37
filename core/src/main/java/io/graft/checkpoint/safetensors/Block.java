package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.FileRegion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * A piece of a file, which one thread reads or computes, and writes.
 *
 * @param at where it begins in the file
 * @param slices what it is made of, one after the other
 */
record Block(long at, List<Slice> slices) {
    /** Most bytes: two of them fit into the cache of a core beside each other. */
    static final int LARGEST = 1 << 18;

    /** Where the block that has a place of the file in it ends. Blocks end at whole pages, which are then written once. */
    static long endOf(long at) {
        return (at / LARGEST + 1) * LARGEST;
    }

    /** Some of a tensor's bytes. */
    sealed interface Slice {
        /** Puts them into the rest of a buffer, which has as many bytes. */
        void read(ByteBuffer target) throws IOException;

        int length();
    }

    /** Bytes as they lie in another file, be they of one tensor or of several. */
    record Copied(FileChannel source, FileRegion region) implements Slice {
        @Override
        public void read(ByteBuffer target) throws IOException {
            region.file().read(source, region.offset(), target);
        }

        @Override
        public int length() {
            return (int) region.bytes();
        }
    }

    /** Bytes that the tensor computes. */
    record Computed(TensorData data, long offset, int length) implements Slice {
        @Override
        public void read(ByteBuffer target) throws IOException {
            data.read(offset, target);
        }
    }

    /** Fills a buffer with it, and makes that ready to be written. */
    void fill(ByteBuffer target) throws IOException {
        target.clear();
        for (Slice slice : slices) {
            target.limit(target.position() + slice.length());
            slice.read(target);
        }
        target.flip();
    }
}
