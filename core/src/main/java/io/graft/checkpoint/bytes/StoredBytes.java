package io.graft.checkpoint.bytes;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.FileBacked;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Locale;

/**
 * Bytes that stand in a file as they are: the storage of tensors, or a member of an archive. Their checksum is compared once,
 * over all of them, before the first byte is handed out: opening a checkpoint stays a matter of headers, and no tensor is ever
 * made of damaged bytes.
 */
public final class StoredBytes {
    private final CheckpointFile file;
    private final String name;
    private final long offset;
    private final long length;
    private final long crc;
    private final ByteOrder order;
    private final Advice advice;
    private boolean checked;

    /**
     * @param name how the file calls them
     * @param crc checksum to compare; 0 if the file has none
     * @param order of the bytes of numbers
     * @param advice for a file whose bytes are damaged
     */
    public StoredBytes(
            CheckpointFile file, String name, long offset, long length, long crc, ByteOrder order, Advice advice) {
        this.file = file;
        this.name = name;
        this.offset = offset;
        this.length = length;
        this.crc = crc;
        this.order = order;
        this.advice = advice;
        this.checked = crc == 0;
    }

    /** The file that they stand in. */
    public CheckpointFile file() {
        return file;
    }

    /** How the file calls them. */
    public String name() {
        return name;
    }

    /** The first one's place in the file. */
    public long offset() {
        return offset;
    }

    /** How many they are. */
    public long length() {
        return length;
    }

    /** The order of the bytes of numbers. */
    public ByteOrder order() {
        return order;
    }

    /** Some of the bytes, as they lie in the file; nothing is compared. */
    public FileBacked part(long from, long count) {
        return file.data(offset + from, count);
    }

    /** Some of the bytes, handed out once the checksum of all was compared. */
    public TensorData data(long from, long count) {
        return new StoredData(this, part(from, count));
    }

    /**
     * Compares the checksum, the first time only.
     *
     * @throws CheckpointException if the bytes are not those that were saved
     */
    public synchronized void check() throws IOException {
        if (checked) {
            return;
        }
        long actual;
        try (FileChannel channel = file.open()) {
            actual = Checksum.of(channel, offset, length);
        }
        if (actual != crc) {
            throw new Refusals(file.path(), advice)
                    .malformed(Refusals.quote(name)
                            + String.format(
                                    Locale.ROOT, " is damaged: its checksum is %08x, saved was %08x", actual, crc));
        }
        checked = true;
    }
}
