package io.graft.checkpoint.bytes;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;

/** The CRC-32 of bytes, which archives keep of their members. */
public final class Checksum {
    private static final int STEP = 1 << 18;

    private Checksum() {}

    /** Of bytes in memory. */
    public static long of(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Of all bytes of a tensor. */
    public static long of(TensorData data) throws IOException {
        CRC32 crc = new CRC32();
        for (long done = 0; done < data.byteCount(); done += STEP) {
            crc.update(data.window(done, (int) Math.min(STEP, data.byteCount() - done)));
        }
        return crc.getValue();
    }

    /** Of a part of a file, or of what of it is there. */
    public static long of(FileChannel channel, long offset, long length) throws IOException {
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(length, STEP));
        for (long done = 0; done < length; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            int count = channel.read(buffer, offset + done);
            if (count < 0) {
                break;
            }
            crc.update(buffer.flip());
            done += count;
        }
        return crc.getValue();
    }
}
