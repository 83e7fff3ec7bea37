package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The numbers that blocks stand for, in 32 bits, taken apart as they are read.
 *
 * @param bytes of the blocks, which follow each other
 */
record BlockTensor(Path file, String name, GgufType type, Shape shape, TensorData bytes) implements LazyTensor {
    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Stored(file.toString(), name);
    }

    @Override
    public TensorData materialize() {
        return TensorData.computed(
                bytes, dtype(), shape.elementCount(), (first, count, room) -> new Decoding(first, first + count));
    }

    /** One thread's way through some elements. */
    private final class Decoding implements TensorData.Elements {
        /** Most elements that bytes are read of at a time. */
        private static final int LARGEST = 1 << 17;

        private final BlockCode code = Objects.requireNonNull(type.code());
        private final int size = type.blockElements();
        private final long end;
        private long at;

        /** Bytes of some blocks, and the first and the last of them. */
        private byte[] from = new byte[0];

        private long firstBlock;
        private long endBlock;

        /** A block that only some elements are wanted of. */
        private final float[] cut = new float[size];

        Decoding(long first, long end) {
            this.at = first;
            this.end = end;
        }

        @Override
        public void next(ElementBlock block, int count) throws IOException {
            block.start(DType.F32, count);
            float[] to = block.floats();
            for (long one = at / size; one * size < at + count; one++) {
                if (one >= endBlock) {
                    read(one);
                }
                int bytes = (int) (one - firstBlock) * type.blockBytes();
                int out = (int) (one * size - at);
                if (out >= 0 && out + size <= count) {
                    code.decode(from, bytes, to, out);
                } else {
                    code.decode(from, bytes, cut, 0);
                    int skipped = Math.max(0, -out);
                    System.arraycopy(cut, skipped, to, out + skipped, Math.min(size, count - out) - skipped);
                }
            }
            requireFinite(to, count);
            at += count;
        }

        private void read(long first) throws IOException {
            firstBlock = first;
            endBlock = Math.min((end - 1) / size + 1, first + LARGEST / size);
            int length = (int) (endBlock - first) * type.blockBytes();
            if (from.length < length) {
                from = new byte[length];
            }
            bytes.read(first * type.blockBytes(), ByteBuffer.wrap(from, 0, length));
        }

        private void requireFinite(float[] values, int count) {
            // Infinity times zero is NaN, which stays in a sum; several sums, so that none waits for another.
            float first = 0;
            float second = 0;
            float third = 0;
            float fourth = 0;
            int i = 0;
            for (; i + 3 < count; i += 4) {
                first += values[i] * 0f;
                second += values[i + 1] * 0f;
                third += values[i + 2] * 0f;
                fourth += values[i + 3] * 0f;
            }
            for (; i < count; i++) {
                first += values[i] * 0f;
            }
            if (first + second + third + fourth == 0) {
                return;
            }
            i = 0;
            while (Float.isFinite(values[i])) {
                i++;
            }
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "`" + TensorName.printable(name) + "` holds " + values[i] + " at " + shape.place(at + i)
                            + ", which no weight is",
                    "quantize the model again, or take another copy of the file");
        }
    }
}
