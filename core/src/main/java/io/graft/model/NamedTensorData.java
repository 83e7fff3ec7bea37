package io.graft.model;

import io.graft.checkpoint.FileBacked;
import io.graft.checkpoint.FileRegion;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The values of a tensor of the model, as a commit reads them. The code behind them may be anybody's: it has to give the bytes
 * that dtype and shape take and as many as it is asked for, and whatever it throws is told with the tensor's name.
 */
public final class NamedTensorData implements TensorData {
    private final String name;
    private final TensorData data;
    private final long byteCount;
    private final boolean divisible;

    private NamedTensorData(String name, TensorData data) {
        this.name = name;
        this.data = data;
        this.byteCount = data.byteCount();
        this.divisible = data.isDivisible();
    }

    /**
     * Materializes a value.
     *
     * @param name the tensor's name in the model as it will be
     * @param materialize gives its bytes, as they are or watched
     * @throws TensorException if that fails, or gives another number of bytes than dtype and shape take
     */
    public static TensorData of(String name, LazyTensor value, Reading<TensorData> materialize) throws TensorException {
        return telling(name, () -> {
            DType dtype = value.dtype();
            Shape shape = value.shape();
            NamedTensorData data = new NamedTensorData(name, materialize.read());
            long expected = dtype.byteCount(shape);
            if (data.byteCount != expected) {
                throw new IllegalStateException(
                        dtype + " " + shape + " takes " + expected + " bytes, and " + data.byteCount + " came");
            }
            return data.data instanceof FileBacked file ? new InFile(data, file) : data;
        });
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    @Override
    public ByteBuffer window(long offset, int length) throws TensorException {
        return telling(name, () -> {
            ByteBuffer window = data.window(offset, length);
            requireBytes(length, window.remaining());
            return window;
        });
    }

    @Override
    public void read(long offset, ByteBuffer target) throws TensorException {
        int start = target.position();
        int length = target.remaining();
        telling(name, () -> {
            data.read(offset, target);
            requireBytes(length, target.position() - start);
            return null;
        });
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        Destination destination = new Destination(target);
        try {
            telling(name, () -> {
                data.transferTo(destination);
                requireBytes(byteCount, destination.count);
                return null;
            });
        } catch (TensorException failure) {
            throw destination.failure == null ? failure : destination.failure;
        }
    }

    @Override
    public boolean isDivisible() {
        return divisible;
    }

    private static void requireBytes(long asked, long came) {
        if (asked != came) {
            throw new IllegalStateException(asked + " bytes were asked for, and " + came + " came");
        }
    }

    /** What may fail for a tensor's sake. */
    @FunctionalInterface
    public interface Reading<T> {
        /**
         * Reads or computes.
         *
         * @throws IOException if that cannot be done
         */
        T read() throws IOException;
    }

    private static <T> T telling(String name, Reading<T> reading) throws TensorException {
        try {
            return reading.read();
        } catch (Throwable failure) {
            // Errors too: a stack overflow or a failed assertion in somebody's arithmetic is that tensor's failure.
            throw new TensorException(name, failure);
        }
    }

    /** The same where the bytes lie in a file, from which they may be copied past the tensor. */
    private record InFile(NamedTensorData named, FileBacked file) implements FileBacked {
        @Override
        public FileRegion region() throws TensorException {
            return telling(named.name, () -> {
                FileRegion region = file.region();
                requireBytes(named.byteCount, region.bytes());
                return region;
            });
        }

        @Override
        public long byteCount() {
            return named.byteCount;
        }

        @Override
        public ByteBuffer window(long offset, int length) throws TensorException {
            return named.window(offset, length);
        }

        @Override
        public void read(long offset, ByteBuffer target) throws TensorException {
            named.read(offset, target);
        }

        @Override
        public boolean isDivisible() {
            return named.divisible;
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            named.transferTo(target);
        }
    }

    /** Where the bytes go. What goes wrong there is not the tensor's failure. */
    private static final class Destination implements WritableByteChannel {
        private final WritableByteChannel target;
        private long count;
        private IOException failure;

        Destination(WritableByteChannel target) {
            this.target = target;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            try {
                int written = target.write(bytes);
                count += written;
                return written;
            } catch (IOException refused) {
                failure = refused;
                throw refused;
            }
        }

        @Override
        public boolean isOpen() {
            return target.isOpen();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }
    }
}
