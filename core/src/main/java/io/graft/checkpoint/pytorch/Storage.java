package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The bytes of one storage. Its checksum is compared once, over the whole storage, before the first byte is handed out:
 * opening a checkpoint stays a matter of headers, and no tensor is ever made of damaged bytes.
 */
final class Storage {
    private final CheckpointFile file;
    private final String member;
    private final long offset;
    private final long length;
    private final long crc;
    private final ByteOrder order;
    private boolean checked;

    /** @param crc checksum to compare; 0 if the file has none */
    Storage(CheckpointFile file, String member, long offset, long length, long crc, ByteOrder order) {
        this.file = file;
        this.member = member;
        this.offset = offset;
        this.length = length;
        this.crc = crc;
        this.order = order;
        this.checked = crc == 0;
    }

    CheckpointFile file() {
        return file;
    }

    String member() {
        return member;
    }

    long offset() {
        return offset;
    }

    long length() {
        return length;
    }

    ByteOrder order() {
        return order;
    }

    /** The storage at the same place of another file, which was just written. */
    Storage in(CheckpointFile copy) {
        return new Storage(copy, member, offset, length, 0, order);
    }

    /** Part of the storage, as it lies in the file. */
    TensorData part(long from, long count) {
        return file.data(offset + from, count);
    }

    /**
     * Compares the checksum, the first time only.
     *
     * @throws CheckpointException if the bytes are not those that were saved
     */
    synchronized void check() throws IOException {
        if (checked) {
            return;
        }
        long actual;
        try (FileChannel channel = file.open()) {
            actual = Checksum.of(channel, offset, length);
        }
        if (actual != crc) {
            throw new Faults(file.path())
                    .malformed(Faults.quote(member)
                            + String.format(" is damaged: its checksum is %08x, saved was %08x", actual, crc));
        }
        checked = true;
    }
}
