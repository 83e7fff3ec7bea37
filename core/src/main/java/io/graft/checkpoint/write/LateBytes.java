package io.graft.checkpoint.write;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Bytes that are known only when others of their file are; whoever asks waits for that. */
final class LateBytes implements TensorData {
    private final int length;
    private final Piece.Late.Bytes source;
    private byte[] known;

    LateBytes(int length, Piece.Late.Bytes source) {
        this.length = length;
        this.source = source;
    }

    @Override
    public long byteCount() {
        return length;
    }

    @Override
    public ByteBuffer window(long offset, int count) throws IOException {
        return ByteBuffer.wrap(known(), (int) offset, count)
                .slice()
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(known());
        while (rest.hasRemaining()) {
            target.write(rest);
        }
    }

    private synchronized byte[] known() throws IOException {
        if (known == null) {
            known = source.get();
        }
        return known;
    }
}
