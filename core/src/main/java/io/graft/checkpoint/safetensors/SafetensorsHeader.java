package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StrictJson;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The header of one file, checked: every tensor's bytes match its dtype and shape, and all of them together cover the data
 * exactly once.
 *
 * @param entries in the header's order
 * @param metadata the text metadata, in the header's order
 * @param dataStart first byte of the data, from the start of the file
 */
record SafetensorsHeader(List<HeaderEntry> entries, Map<String, String> metadata, long dataStart) {
    /** Bytes of the length field before the header. */
    static final int LENGTH_FIELD = Long.BYTES;

    /** Longest header, in bytes, that the format allows. */
    static final long LONGEST = 100_000_000;

    /** Reads and checks the header; the tensors' data are not touched. */
    static SafetensorsHeader read(CheckpointFile file) throws IOException {
        Refusals refusals = new Refusals(file.path(), SafetensorsFormat.ADVICE);
        try (FileChannel channel = file.open()) {
            long length = headerLength(channel, file.size(), refusals);
            SafetensorsHeader header;
            try (StrictJson json =
                    new StrictJson(new BufferedInputStream(new HeaderBytes(channel, length)), refusals, "the header")) {
                header = new HeaderParser(json, refusals).parse(LENGTH_FIELD + length);
            }
            header.requireCover(file.size(), refusals);
            return header;
        }
    }

    private static long headerLength(FileChannel channel, long fileSize, Refusals refusals) throws IOException {
        if (fileSize <= LENGTH_FIELD) {
            throw refusals.malformed(
                    "cut off: the file has " + fileSize + " bytes, and a header alone takes more than " + LENGTH_FIELD);
        }
        ByteBuffer start = ByteBuffer.allocate(LENGTH_FIELD + 1).order(ByteOrder.LITTLE_ENDIAN);
        while (start.hasRemaining()) {
            if (channel.read(start) < 0) {
                throw new EOFException("cut off inside the header's length");
            }
        }
        long length = start.getLong(0);
        boolean begins = start.get(LENGTH_FIELD) == '{';
        if ((length < 0 || length > LONGEST) && !begins) {
            throw refusals.malformed("this is not a safetensors file");
        }
        if (length < 0 || length > LONGEST) {
            throw refusals.refused(
                    "the header claims " + Long.toUnsignedString(length) + " bytes, and the format allows " + LONGEST);
        }
        if (length > fileSize - LENGTH_FIELD) {
            throw refusals.malformed(
                    "cut off: the header claims " + length + " bytes, and " + (fileSize - LENGTH_FIELD) + " follow");
        }
        if (length < 2) {
            throw refusals.malformed("the header claims " + length + " bytes, too few for a JSON object");
        }
        if (!begins) {
            throw refusals.malformed("the header does not begin with '{'");
        }
        channel.position(LENGTH_FIELD);
        return length;
    }

    private void requireCover(long fileSize, Refusals refusals) {
        List<HeaderEntry> byData = new ArrayList<>(entries);
        Collections.sort(byData);
        long at = 0;
        HeaderEntry previous = null;
        for (HeaderEntry entry : byData) {
            if (entry.begin() != at) {
                String before = previous == null ? "the start of the data" : quote(previous);
                throw refusals.malformed("the data of " + quote(entry) + " begin at byte " + entry.begin() + ", "
                        + (entry.begin() > at ? "leaving a gap after " : "overlapping ") + before
                        + (previous == null ? "" : ", which ends at " + at));
            }
            at = entry.end();
            previous = entry;
        }
        if (at != fileSize - dataStart) {
            throw refusals.malformed("the header describes a file of " + (dataStart + at) + " bytes, but it has "
                    + fileSize + (at > fileSize - dataStart ? " (cut off)" : ""));
        }
    }

    private static String quote(HeaderEntry entry) {
        return "'" + TensorName.printable(entry.name()) + "'";
    }
}
