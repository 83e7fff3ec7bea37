package io.graft.checkpoint.gguf;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * The bytes of blocks, packed as they are asked for.
 *
 * @param dtype of the numbers
 * @param shape of the numbers
 */
record PackedData(BlockType type, DType dtype, Shape shape, TensorData values) implements TensorData {
    /** Elements that are looked at together. */
    private static final int STEP = 1 << 17;

    @Override
    public long byteCount() {
        return shape.elementCount() / type.elements() * type.bytes();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount());
        int width = type.bytes();
        long first = offset / width;
        byte[] packed = pack(first, (int) ((offset + length + width - 1) / width - first));
        return ByteBuffer.wrap(packed, (int) (offset - first * width), length)
                .slice()
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        int together = STEP / type.elements() * type.bytes();
        for (long at = offset; target.hasRemaining(); ) {
            int next = Math.min(target.remaining(), together - (int) (at % together));
            target.put(window(at, next));
            at += next;
        }
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        int together = STEP / type.elements() * type.bytes();
        for (long at = 0; at < byteCount(); at += together) {
            ByteBuffer packed = window(at, (int) Math.min(together, byteCount() - at));
            while (packed.hasRemaining()) {
                target.write(packed);
            }
        }
    }

    @Override
    public boolean isDivisible() {
        return values.isDivisible();
    }

    private byte[] pack(long firstBlock, int blocks) throws IOException {
        byte[] packed = new byte[Math.multiplyExact(blocks, type.bytes())];
        ByteBuffer room = ByteBuffer.allocate(0);
        int together = STEP / type.elements();
        for (int done = 0; done < blocks; done += together) {
            int next = Math.min(together, blocks - done);
            long first = (firstBlock + done) * type.elements();
            Elements elements = values.elements(dtype, first, next * type.elements(), room);
            pack(elements, first, next, packed, done * type.bytes());
        }
        return packed;
    }

    private void pack(Elements elements, long first, int blocks, byte[] packed, int out) throws IOException {
        int size = type.elements();
        ElementBlock block = new ElementBlock((long) blocks * size);
        int atOnce = block.capacity() / size;
        for (int done = 0; done < blocks; done += atOnce) {
            int next = Math.min(atOnce, blocks - done);
            elements.next(block, next * size);
            float[] floats = block.floats();
            requireFinite(floats, next * size, first + (long) done * size);
            for (int i = 0; i < next; i++) {
                if (!type.pack(floats, i * size, packed, out + (done + i) * type.bytes())) {
                    throw new IOException("the block from " + shape.place(first + (long) (done + i) * size)
                            + " on holds numbers too large for " + type + ", whose scales have 16 bits");
                }
            }
        }
    }

    private void requireFinite(float[] floats, int count, long first) throws IOException {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            // infinity times zero is NaN, which stays in the sum
            sum += floats[i] * 0f;
        }
        if (sum == 0) {
            return;
        }
        int i = 0;
        while (Float.isFinite(floats[i])) {
            i++;
        }
        throw new IOException(floats[i] + " at " + shape.place(first + i) + " cannot be packed as " + type);
    }
}
