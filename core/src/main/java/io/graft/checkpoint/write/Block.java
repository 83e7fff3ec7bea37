package io.graft.checkpoint.write;

import io.graft.checkpoint.FileRegion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/**
 * A piece of a file, which one thread reads or computes, and writes.
 *
 * @param at where it begins in the file
 * @param slices what it is made of, one after the other
 */
record Block(long at, List<Slice> slices) {
    /** Most bytes: two of them fit into the cache of a core beside each other. */
    static final int LARGEST = 1 << 18;

    /** Most bytes that are written at once from where they lie, without anybody looking at them. */
    static final int LONGEST = 1 << 23;

    private static final int PAGE = 1 << 12;

    /** Where the row of whole pages ends that has a place of the file in it. Blocks that end there write each page once. */
    static long endOf(long at) {
        return (at / LARGEST + 1) * LARGEST;
    }

    /** What it is if all of it is best written from where it lies. */
    Optional<Lying> lying() {
        return slices.size() == 1 && slices.get(0) instanceof Lying lying && lying.suits(at)
                ? Optional.of(lying)
                : Optional.empty();
    }

    /** Whether two places of files are the same place of a page. */
    static boolean isAligned(long offset, long at) {
        return (offset - at) % PAGE == 0;
    }

    /** Some of a tensor's bytes. */
    sealed interface Slice {
        /** Puts them into the rest of a buffer, which has as many bytes. */
        void read(ByteBuffer target) throws IOException;

        int length();

        /** Whether reading waits for what is written before. */
        default boolean isLate() {
            return false;
        }
    }

    /** Bytes that are there already, as they are to be written. */
    sealed interface Lying extends Slice {
        /** Has the system write them to a file, from a place of it on. */
        void send(FileChannel target, long at) throws IOException;

        /** Whether that is the fastest. */
        boolean suits(long at);
    }

    /** Bytes as they lie in another file, be they of one tensor or of several. */
    record Copied(FileChannel source, FileRegion region) implements Lying {
        @Override
        public void read(ByteBuffer target) throws IOException {
            region.file().read(source, region.offset(), target);
        }

        @Override
        public int length() {
            return (int) region.bytes();
        }

        @Override
        public void send(FileChannel target, long at) throws IOException {
            region.file().send(source, region.offset(), region.bytes(), target.position(at));
        }

        /** The system moves whole pages; what begins elsewhere in a page is read and written faster. */
        @Override
        public boolean suits(long at) {
            return isAligned(region.offset(), at);
        }
    }

    /** Bytes of one tensor in memory outside the Java heap. */
    record Held(TensorData data, long offset, int length) implements Lying {
        @Override
        public void read(ByteBuffer target) throws IOException {
            data.read(offset, target);
        }

        @Override
        public void send(FileChannel target, long at) throws IOException {
            ByteBuffer bytes = data.window(offset, length);
            while (bytes.hasRemaining()) {
                target.write(bytes, at + bytes.position());
            }
        }

        @Override
        public boolean suits(long at) {
            return true;
        }
    }

    /** Bytes that the tensor computes. */
    record Computed(TensorData data, long offset, int length) implements Slice {
        @Override
        public void read(ByteBuffer target) throws IOException {
            data.read(offset, target);
        }
    }

    /** Bytes that a piece knows when those before it are written. */
    record Late(TensorData data, long offset, int length) implements Slice {
        @Override
        public void read(ByteBuffer target) throws IOException {
            data.read(offset, target);
        }

        @Override
        public boolean isLate() {
            return true;
        }
    }

    /**
     * Bytes of which a checksum is taken.
     *
     * @param offset their place in the piece
     */
    record Checked(Slice slice, long offset, PieceChecksum checksum) implements Slice {
        @Override
        public void read(ByteBuffer target) throws IOException {
            int start = target.position();
            slice.read(target);
            checksum.add(offset, target.slice(start, target.position() - start));
        }

        @Override
        public int length() {
            return slice.length();
        }
    }

    /** Fills a buffer with it, and makes that ready to be written. */
    void fill(ByteBuffer target) throws IOException {
        int length = read(target, false);
        // Last, so that who waits for others keeps nobody waiting.
        read(target, true);
        target.clear().limit(length);
    }

    /** Reads those slices that wait, or those that do not; tells how long all are. */
    private int read(ByteBuffer target, boolean late) throws IOException {
        int at = 0;
        for (Slice slice : slices) {
            int end = at + slice.length();
            if (slice.isLate() == late) {
                slice.read(target.clear().position(at).limit(end));
            }
            at = end;
        }
        return at;
    }
}
