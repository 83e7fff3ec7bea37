package io.graft.tensor.expression.bands;

import io.graft.tensor.TensorData;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Elements in a temporary file, which has no name any more and is gone when nobody uses them. The processor's own number formats,
 * little-endian.
 */
final class Spilled implements Whole, TensorData {
    /** Bytes mapped at a time. */
    private static final long SEGMENT = 1L << 30;

    private final Kind kind;
    private final long count;
    private final List<ByteBuffer> segments;

    private Spilled(Kind kind, long count, List<ByteBuffer> segments) {
        this.kind = kind;
        this.count = count;
        this.segments = segments;
    }

    /** Computes elements into a file. */
    @FunctionalInterface
    interface Filling {
        /** Puts all bytes, in any order, by any number of threads. */
        void fill(FileChannel file) throws IOException;
    }

    static Spilled of(Kind kind, long count, Filling filling) throws IOException {
        Path path = Files.createTempFile("graft-", ".tensor");
        // Mapped after it was written: a full disk is then an error, and not the end of the process.
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            filling.fill(file);
            List<ByteBuffer> segments = new ArrayList<>();
            long bytes = count * kind.bytes();
            for (long at = 0; at < bytes; at += SEGMENT) {
                segments.add(file.map(FileChannel.MapMode.READ_ONLY, at, Math.min(SEGMENT, bytes - at))
                        .order(ByteOrder.LITTLE_ENDIAN));
            }
            return new Spilled(kind, count, segments);
        }
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public Optional<Numbers> numbers() {
        return Optional.empty();
    }

    @Override
    public void gather(Numbers to, int at, long first, long step, int number) {
        for (int i = 0; i < number; i++) {
            long offset = (first + i * step) * kind.bytes();
            ByteBuffer segment = segments.get((int) (offset / SEGMENT));
            int place = (int) (offset % SEGMENT);
            switch (kind) {
                case FLOATS -> to.floats()[at + i] = segment.getFloat(place);
                case DOUBLES -> to.doubles()[at + i] = segment.getDouble(place);
                case LONGS -> to.longs()[at + i] = segment.getLong(place);
            }
        }
    }

    @Override
    public Step step() {
        return new Source(this, kind.dtype(), count, false);
    }

    @Override
    public long byteCount() {
        return count * kind.bytes();
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(length);
        read(offset, copy);
        return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), byteCount());
        for (long at = offset; target.hasRemaining(); ) {
            ByteBuffer segment = segments.get((int) (at / SEGMENT));
            int place = (int) (at % SEGMENT);
            int length = Math.min(target.remaining(), segment.limit() - place);
            target.put(segment.slice(place, length));
            at += length;
        }
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (ByteBuffer segment : segments) {
            ByteBuffer rest = segment.duplicate();
            while (rest.hasRemaining()) {
                target.write(rest);
            }
        }
    }
}
