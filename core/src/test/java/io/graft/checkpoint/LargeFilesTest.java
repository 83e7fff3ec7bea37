package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and tensors beyond 2 and 4 GiB. The files are sparse: they take no room but for the bytes written into them. */
@Tag("slow")
class LargeFilesTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    @Test
    void safetensorsBeyondFourGib() throws IOException {
        String header = "{\"big\":{\"dtype\":\"F32\",\"shape\":[3,268435456],\"data_offsets\":[0,3221225472]},"
                + "\"wide\":{\"dtype\":\"U8\",\"shape\":[2147483648],\"data_offsets\":[3221225472,5368709120]},"
                + "\"last\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[5368709120,5368709128]}}";
        Path path = folder.resolve("large.safetensors");
        long start = 8L + header.length();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(start + 5 * GIB + 8);
            file.write(little(8).putLong(header.length()).array());
            file.write(header.getBytes(StandardCharsets.US_ASCII));
            file.seek(start + 3 * GIB - 4);
            file.write(little(4).putFloat(1.5f).array());
            file.seek(start + 5 * GIB);
            file.write(little(8).putFloat(2.5f).putFloat(-3).array());
        }
        Checkpoint checkpoint = Checkpoint.open(path);
        TensorEntry big = checkpoint.tensors().get("big");
        assertEquals(3 * GIB, big.data().byteCount());
        assertEquals(1.5f, big.data().window(3 * GIB - 4, 4).getFloat(0));
        // A mapped window that begins beyond what an int can tell.
        ByteBuffer mapped = big.data().window(3 * GIB - (4 << 20), 4 << 20);
        assertEquals(1.5f, mapped.getFloat((4 << 20) - 4));
        assertEquals(start + 3 * GIB, checkpoint.tensors().get("wide").range().offset());
        ByteArrayOutputStream last = new ByteArrayOutputStream();
        checkpoint.tensors().get("last").data().transferTo(Channels.newChannel(last));
        assertEquals(
                little(8).putFloat(2.5f).putFloat(-3).flip(),
                ByteBuffer.wrap(last.toByteArray()).order(ByteOrder.LITTLE_ENDIAN));
        DTypeConversion converted = new DTypeConversion(big.data(), DType.F32, DType.F64);
        assertEquals(1.5, converted.window(6 * GIB - 8, 8).getDouble(0));
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
