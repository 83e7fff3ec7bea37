package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.storage;
import static io.graft.checkpoint.pytorch.Pickle.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive of more than 4 GiB: its sizes and offsets are told by ZIP64 fields only. The file is sparse. */
class Zip64Test {
    private static final long ELEMENTS = (1L << 30) + (1L << 28);
    private static final byte[] STORAGE = "a/data/0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PICKLE = "a/data.pkl".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void tensorsBeyondFourGibAreRead() throws IOException {
        Map<String, Object> state = new LinkedHashMap<>();
        Pickle.Storage storage = storage("FloatStorage", "0", ELEMENTS);
        state.put("all", tensor(storage, 0, List.of(ELEMENTS), List.of(1L)));
        state.put("end", tensor(storage, ELEMENTS - 2, List.of(2L), List.of(1L)));
        state.put("columns", tensor(storage, 0, List.of(2L, ELEMENTS / 2), List.of(1L, 2L)));
        Path path = folder.resolve("a.pt");
        long start = write(path, Pickle.of(state));

        Checkpoint checkpoint = TorchFiles.open(path);
        TensorEntry all = checkpoint.tensors().get("all");
        assertEquals(ELEMENTS * 4, all.data().byteCount());
        assertEquals(8f, all.data().window(ELEMENTS * 4 - 4, 4).getFloat(0));
        TensorEntry end = checkpoint.tensors().get("end");
        assertEquals(start + ELEMENTS * 4 - 8, end.range().offset());
        assertEquals(7f, end.data().window(0, 8).getFloat(0));
        // The last elements of the two columns lie side by side at the end of the storage.
        TensorEntry columns = checkpoint.tensors().get("columns");
        assertEquals(7f, columns.data().window(ELEMENTS * 2 - 4, 4).getFloat(0));
        assertEquals(8f, columns.data().window(ELEMENTS * 4 - 4, 4).getFloat(0));
    }

    /** Gives the place of the storage, whose last elements are 7 and 8. */
    private static long write(Path path, byte[] pickle) throws IOException {
        long size = ELEMENTS * 4;
        CRC32 crc = new CRC32();
        crc.update(pickle);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(little(30)
                    .putInt(0x04034b50)
                    .putInt(45)
                    .putLong(0)
                    // No checksum, as PyTorch may be told to write none.
                    .putInt(18, -1)
                    .putInt(22, -1)
                    .putShort(26, (short) STORAGE.length)
                    .putShort(28, (short) 20)
                    .array());
            file.write(STORAGE);
            file.write(little(20)
                    .putShort((short) 1)
                    .putShort((short) 16)
                    .putLong(size)
                    .putLong(size)
                    .array());
            long start = file.getFilePointer();
            file.seek(start + size - 8);
            file.write(little(8).putFloat(7).putFloat(8).array());
            long second = file.getFilePointer();
            file.write(little(30)
                    .putInt(0x04034b50)
                    .putInt(45)
                    .putInt(14, (int) crc.getValue())
                    .putInt(18, pickle.length)
                    .putInt(22, pickle.length)
                    .putShort(26, (short) PICKLE.length)
                    .array());
            file.write(PICKLE);
            file.write(pickle);
            long directory = file.getFilePointer();
            entry(file, STORAGE, 0, size, 0);
            entry(file, PICKLE, (int) crc.getValue(), pickle.length, second);
            long end = file.getFilePointer();
            file.write(little(56)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putInt(0)
                    .putLong(0)
                    .putLong(2)
                    .putLong(2)
                    .putLong(end - directory)
                    .putLong(directory)
                    .array());
            file.write(little(20)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end)
                    .putInt(1)
                    .array());
            file.write(little(22)
                    .putInt(0x06054b50)
                    .putInt(0)
                    .putInt(-1)
                    .putLong(-1)
                    .array());
            return start;
        }
    }

    private static void entry(RandomAccessFile file, byte[] name, int crc, long size, long offset) throws IOException {
        file.write(little(46)
                .putInt(0x02014b50)
                .putInt(16, crc)
                .putInt(20, -1)
                .putInt(24, -1)
                .putShort(28, (short) name.length)
                .putShort(30, (short) 28)
                .putInt(42, -1)
                .array());
        file.write(name);
        file.write(little(28)
                .putShort((short) 1)
                .putShort((short) 24)
                .putLong(size)
                .putLong(size)
                .putLong(offset)
                .array());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
