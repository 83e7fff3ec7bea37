package io.graft.apply;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A modifier whose values for {@code decoder.bias}, two elements of float32, are faulty in a way that shows when they are read. */
public final class Faulty extends TestModifiers.Provider {
    /** What a test adds: how to lose a tensor that was written before. */
    static Runnable accomplice = () -> {};

    enum Way {
        STACK_OVERFLOW,
        ASSERTION,
        OUT_OF_MEMORY,
        UNREADABLE,
        SHORT_WINDOW,
        LONG_WINDOW,
        WRONG_DTYPE,
        SOUND
    }

    public Faulty() {
        super("faulty", entry -> {
            ObjectBinding object = entry.object();
            Key<Way> way = object.key("way", Decoders.enumeration(Way.class)).required();
            return object.finish(() -> (draft, context) -> draft.assign("decoder.bias", new Value(way.get())));
        });
    }

    private record Value(Way way) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return Shape.of(2);
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("nowhere", "x");
        }

        @Override
        public TensorData materialize() throws IOException {
            accomplice.run();
            return switch (way) {
                case STACK_OVERFLOW -> new Windows(depth(0));
                case ASSERTION -> throw new AssertionError("rank is 3");
                case OUT_OF_MEMORY -> throw new OutOfMemoryError("Java heap space");
                case UNREADABLE -> throw new IOException("the disk is gone");
                case SHORT_WINDOW -> new Windows(4);
                case LONG_WINDOW -> new Windows(12);
                case SOUND -> TensorData.of(ByteBuffer.allocate(2 * Float.BYTES));
                case WRONG_DTYPE -> TensorData.of(ByteBuffer.allocate(2 * Double.BYTES));
            };
        }

        private static int depth(int above) {
            return above < 0 ? 0 : depth(above + 1) + 1;
        }
    }

    /** Says that it has eight bytes. */
    private record Windows(int length) implements TensorData {
        @Override
        public long byteCount() {
            return 8;
        }

        @Override
        public ByteBuffer window(long offset, int asked) {
            return ByteBuffer.allocate(length);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            target.write(ByteBuffer.allocate(length));
        }
    }
}
