package io.graft.convert;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.gguf.BlockType;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A tensor whose numbers, as 32-bit ones, are packed into blocks as they are read.
 *
 * @param file that messages name
 * @param name that messages name
 */
record PackedTensor(Path file, String name, LazyTensor numbers, BlockType type) implements ComputedTensor {
    /** Elements packed with one look at the numbers, which may open a file each time. */
    private static final int STEP = 1 << 17;

    @Override
    public String operation() {
        return "packed as " + type;
    }

    @Override
    public DType dtype() {
        return DType.U8;
    }

    @Override
    public Shape shape() {
        return type.packed(numbers.shape());
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(numbers);
    }

    @Override
    public Optional<String> blockType() {
        return Optional.of(type.name());
    }

    @Override
    public Optional<Object> pass() {
        return numbers.pass();
    }

    @Override
    public TensorData materialize() throws IOException {
        return new Blocks(numbers.materialize());
    }

    /** The bytes of the blocks. */
    private final class Blocks implements TensorData {
        private final TensorData data;

        Blocks(TensorData data) {
            this.data = data;
        }

        @Override
        public long byteCount() {
            return dtype().byteCount(shape());
        }

        @Override
        public boolean isDivisible() {
            return data.isDivisible();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, byteCount());
            long first = offset / type.bytes();
            long end = (offset + length + type.bytes() - 1) / type.bytes();
            return ByteBuffer.wrap(pack(first, end))
                    .slice((int) (offset - first * type.bytes()), length)
                    .asReadOnlyBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            long blocks = byteCount() / type.bytes();
            int step = STEP / type.elements();
            for (long at = 0; at < blocks; at += step) {
                ByteBuffer packed = ByteBuffer.wrap(pack(at, Math.min(blocks, at + step)));
                while (packed.hasRemaining()) {
                    target.write(packed);
                }
            }
        }

        private byte[] pack(long first, long end) throws IOException {
            byte[] packed = new byte[Math.toIntExact((end - first) * type.bytes())];
            int out = 0;
            for (long at = first; at < end; ) {
                int blocks = (int) Math.min(STEP / type.elements(), end - at);
                pack(at * type.elements(), blocks * type.elements(), packed, out);
                out += blocks * type.bytes();
                at += blocks;
            }
            return packed;
        }

        /** Whole blocks: an {@link ElementBlock} takes some thousands of elements, a multiple of every block's, or all of them. */
        private void pack(long first, int count, byte[] packed, int start) throws IOException {
            ByteBuffer room = ByteBuffer.allocate(count * numbers.dtype().bits() / Byte.SIZE)
                    .order(ByteOrder.LITTLE_ENDIAN);
            Elements elements = data.elements(numbers.dtype(), first, count, room);
            ElementBlock some = new ElementBlock(count);
            float[] scales = new float[type.scales()];
            int out = start;
            for (int done = 0; done < count; ) {
                int next = Math.min(some.capacity(), count - done);
                elements.next(some, next);
                float[] values = some.floats();
                for (int at = 0; at < next; at += type.elements(), out += type.bytes()) {
                    requireFinite(values, at, first + done);
                    if (!type.scale(values, at, scales, 0)) {
                        throw refusal("has values too large for scales of 16 bits in the block that begins at "
                                + numbers.shape().place(first + done + at));
                    }
                    type.pack(values, at, scales, 0, packed, out);
                }
                done += next;
            }
        }

        private void requireFinite(float[] values, int at, long first) {
            for (int i = at; i < at + type.elements(); i++) {
                if (!Float.isFinite(values[i])) {
                    throw refusal(
                            "holds " + values[i] + " at " + numbers.shape().place(first + i));
                }
            }
        }
    }

    private CheckpointException refusal(String what) {
        return new CheckpointException(
                Reason.UNSUPPORTED,
                file,
                "`" + TensorName.printable(name) + "` " + what + ", which no block of " + type + " holds",
                "convert to another dtype, such as BF16, or leave the tensor out");
    }
}
