package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** The bytes of codes, which are computed when they are asked for. */
final class ComputedCodes implements TensorData {
    private static final int STEP = 1 << 18;

    private final Packing packing;
    private final int length;
    private final boolean divisible;
    private final Encoding encoding;
    private final int width;
    private final long byteCount;

    /** Makes the codes of a piece. */
    interface Encoding {
        /** Room for a piece. */
        Piece room();

        /**
         * Encodes the piece that begins with a value.
         *
         * @param end of the pieces that will be encoded, one after the other
         */
        void encode(Piece piece, long first, long end) throws IOException;
    }

    /**
     * @param count of values
     * @param length values of each piece but the last
     */
    ComputedCodes(Packing packing, long count, int length, boolean divisible, Encoding encoding) {
        this.packing = packing;
        this.length = length;
        this.divisible = divisible;
        this.encoding = encoding;
        this.width = Math.toIntExact(packing.bytes(length));
        this.byteCount = packing.bytes(count);
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    @Override
    public boolean isDivisible() {
        return divisible;
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        read(offset, bytes);
        return bytes.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), byteCount);
        Piece piece = encoding.room();
        ByteBuffer whole = ByteBuffer.allocate((int) Math.min(width, byteCount)).order(ByteOrder.LITTLE_ENDIAN);
        long at = offset;
        long end = ((offset + target.remaining() - 1) / width + 1) * length;
        while (target.hasRemaining()) {
            long index = at / width;
            long first = index * length;
            int bytes = (int) Math.min(width, byteCount - index * width);
            int from = (int) (at - index * width);
            int part = Math.min(bytes - from, target.remaining());
            encoding.encode(piece, first, end);
            packing.pack(piece, whole.clear());
            target.put(whole.slice(from, part));
            at += part;
        }
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (long at = 0; at < byteCount; at += STEP) {
            ByteBuffer bytes = window(at, (int) Math.min(STEP, byteCount - at));
            while (bytes.hasRemaining()) {
                target.write(bytes);
            }
        }
    }
}
