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
        private final BlockCode code = Objects.requireNonNull(type.code());
        private final int size = type.blockElements();
        private final long end;
        private long at;
        private byte[] from = new byte[0];

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
            long first = at / size;
            int blocks = (int) ((at + count - 1) / size - first + 1);
            read(first, blocks);
            for (int i = 0; i < blocks; i++) {
                int out = (int) ((first + i) * size - at);
                if (out >= 0 && out + size <= count) {
                    code.decode(from, i * type.blockBytes(), to, out);
                } else {
                    code.decode(from, i * type.blockBytes(), cut, 0);
                    int skipped = Math.max(0, -out);
                    int kept = Math.min(size, count - out) - skipped;
                    System.arraycopy(cut, skipped, to, out + skipped, kept);
                }
            }
            requireFinite(to, count);
            at += count;
        }

        private void read(long first, int blocks) throws IOException {
            int length = blocks * type.blockBytes();
            if (from.length < length) {
                long most = (end - 1) / size - first + 1;
                from = new byte[(int) Math.min(most, blocks + 1L) * type.blockBytes()];
            }
            bytes.read(first * type.blockBytes(), ByteBuffer.wrap(from, 0, length));
        }

        private void requireFinite(float[] values, int count) {
            float sum = 0;
            for (int i = 0; i < count; i++) {
                // Infinity times zero is NaN, which stays in the sum.
                sum += values[i] * 0f;
            }
            if (sum == 0) {
                return;
            }
            int i = 0;
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
