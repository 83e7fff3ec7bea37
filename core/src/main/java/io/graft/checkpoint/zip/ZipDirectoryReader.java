package io.graft.checkpoint.zip;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the central directory of a zip archive, ZIP64 included. The archive must be the whole file, or the whole part of one: what stands before its
 * first member or after its end record is seen by some readers and not by others, so both are refused.
 */
final class ZipDirectoryReader {
    static final int END = 0x06054b50;
    private static final int END_SIZE = 22;
    static final int END64 = 0x06064b50;
    private static final int END64_SIZE = 56;
    static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_SIZE = 20;
    static final int ENTRY = 0x02014b50;
    static final int EXTRA64 = 1;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int ENCRYPTED = 1;
    private static final long MOST_MEMBERS = 500_000;
    private static final long LARGEST_DIRECTORY = 128L << 20;

    private final CheckpointFile file;
    private final long start;
    private final long size;
    private final Advice advice;
    private final Refusals refusals;

    /**
     * @param start the archive's first byte in the file
     * @param size its bytes
     */
    ZipDirectoryReader(CheckpointFile file, long start, long size, Advice advice) {
        this.file = file;
        this.start = start;
        this.size = size;
        this.advice = advice;
        this.refusals = new Refusals(file.path(), advice);
    }

    /** As {@link ZipArchive#read}. */
    ZipArchive read() throws IOException {
        Location directory = locate();
        if (directory.count > MOST_MEMBERS || directory.size > LARGEST_DIRECTORY) {
            throw refusals.refused("the archive lists " + directory.count + " members in " + directory.size
                    + " bytes; at most " + MOST_MEMBERS + " in " + LARGEST_DIRECTORY + " bytes are read");
        }
        Map<String, ZipMember> members = new LinkedHashMap<>();
        try (ByteCursor cursor =
                new ByteCursor(new FileSlice(file.open(), start + directory.offset, directory.size), directory.size)) {
            for (long i = 0; i < directory.count; i++) {
                ZipMember member = entry(cursor, directory.offset);
                if (members.put(member.name(), member) != null) {
                    throw refusals.refused("two members are called " + Refusals.quote(member.name()));
                }
            }
            if (cursor.remaining() > 0) {
                throw refusals.malformed("the archive's directory has " + cursor.remaining() + " bytes beyond its "
                        + directory.count + " members");
            }
        } catch (EOFException ended) {
            throw refusals.malformed("the archive's directory ends inside a member");
        }
        checkLayout(members.values().stream().toList(), directory.offset);
        return new ZipArchive(file, advice, members);
    }

    private record Location(long offset, long size, long count) {}

    private Location locate() throws IOException {
        int tailSize = (int) Math.min(size, END_SIZE + LONGEST_COMMENT);
        ByteBuffer tail = file.data(start + size - tailSize, tailSize).window(0, tailSize);
        int end = tailSize - END_SIZE;
        while (end >= 0 && tail.getInt(end) != END) {
            end--;
        }
        if (end < 0) {
            throw refusals.malformed("a zip archive that is cut short: the file has " + size
                    + " bytes, and the archive's end record is not among them");
        }
        long endOffset = size - tailSize + end;
        if (endOffset + END_SIZE != size) {
            throw refusals.refused("the archive ends at byte " + (endOffset + END_SIZE) + ", but the file has " + size
                    + " bytes; what follows is not part of it");
        }
        Location found = new Location(
                tail.getInt(end + 16) & 0xffff_ffffL,
                tail.getInt(end + 12) & 0xffff_ffffL,
                tail.getShort(end + 10) & 0xffff);
        long directoryEnd = endOffset;
        if (end >= LOCATOR64_SIZE && tail.getInt(end - LOCATOR64_SIZE) == LOCATOR64) {
            directoryEnd = tail.getLong(end - LOCATOR64_SIZE + 8);
            if (directoryEnd < 0 || directoryEnd != endOffset - LOCATOR64_SIZE - END64_SIZE) {
                throw refusals.malformed("the ZIP64 end record is said to be at byte " + directoryEnd
                        + ", expected byte " + (endOffset - LOCATOR64_SIZE - END64_SIZE));
            }
            ByteBuffer end64 = file.data(start + directoryEnd, END64_SIZE).window(0, END64_SIZE);
            if (end64.getInt(0) != END64) {
                throw refusals.malformed("no ZIP64 end record at byte " + directoryEnd);
            }
            found = new Location(end64.getLong(48), end64.getLong(40), end64.getLong(32));
        }
        if (found.offset < 0 || found.size < 0 || found.count < 0 || found.size != directoryEnd - found.offset) {
            throw refusals.malformed(
                    "the archive's directory is said to be " + found.size + " bytes at byte " + found.offset
                            + ", but it ends at byte " + directoryEnd
                            + "; bytes are missing, or others stand before the archive");
        }
        return found;
    }

    private ZipMember entry(ByteCursor cursor, long directoryOffset) throws IOException {
        long entryOffset = start + directoryOffset + cursor.position();
        if (cursor.i32() != ENTRY) {
            throw refusals.malformed("the archive's directory is damaged after " + cursor.position() + " bytes");
        }
        cursor.skip(4);
        int flags = cursor.u16();
        int method = cursor.u16();
        cursor.skip(4);
        long crc = cursor.u32();
        long packedSize = cursor.u32();
        long size = cursor.u32();
        int nameLength = cursor.u16();
        int extraLength = cursor.u16();
        int commentLength = cursor.u16();
        cursor.skip(8);
        long headerOffset = cursor.u32();
        String name = name(cursor.bytes(nameLength));
        if ((flags & ENCRYPTED) != 0) {
            throw refusals.unsupported(Refusals.quote(name) + " is encrypted", "decrypt the archive first");
        }

        long extraEnd = cursor.position() + extraLength;
        while (extraEnd - cursor.position() >= 4) {
            int id = cursor.u16();
            long blockEnd = cursor.u16() + cursor.position();
            if (blockEnd > extraEnd) {
                throw refusals.malformed("the directory entry of " + Refusals.quote(name) + " is damaged");
            }
            if (id == EXTRA64) {
                size = size == 0xffff_ffffL ? cursor.i64() : size;
                packedSize = packedSize == 0xffff_ffffL ? cursor.i64() : packedSize;
                headerOffset = headerOffset == 0xffff_ffffL ? cursor.i64() : headerOffset;
            }
            if (cursor.position() > blockEnd) {
                throw refusals.malformed("the directory entry of " + Refusals.quote(name) + " is damaged");
            }
            cursor.skip(blockEnd - cursor.position());
        }
        cursor.skip(extraEnd - cursor.position() + commentLength);
        if (size < 0 || packedSize < 0 || headerOffset < 0 || (method == ZipMember.STORED && size != packedSize)) {
            throw refusals.malformed("the directory gives " + Refusals.quote(name) + " impossible sizes");
        }
        return new ZipMember(name, method, crc, packedSize, size, start + headerOffset, entryOffset);
    }

    private String name(byte[] bytes) {
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (!name.isEmpty() && name.indexOf('\0') < 0) {
                return name;
            }
        } catch (CharacterCodingException notText) {
            // told below
        }
        throw refusals.malformed("a member of the archive has a name that is not text");
    }

    /** Members must follow each other from byte 0 without sharing bytes, so that every reader sees the same ones. */
    private void checkLayout(List<ZipMember> members, long directoryOffset) {
        List<ZipMember> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparingLong(ZipMember::headerOffset));
        if (!sorted.isEmpty() && sorted.get(0).headerOffset() != start) {
            throw refusals.refused("the archive begins at byte "
                    + (sorted.get(0).headerOffset() - start) + "; what stands before it is not part of it");
        }
        for (int i = 0; i < sorted.size(); i++) {
            ZipMember member = sorted.get(i);
            long next = i + 1 < sorted.size() ? sorted.get(i + 1).headerOffset() : start + directoryOffset;
            long room = next
                    - member.headerOffset()
                    - ZipArchive.LOCAL_HEADER_SIZE
                    - member.name().getBytes(StandardCharsets.UTF_8).length;
            if (room < member.packedSize()) {
                throw refusals.malformed(Refusals.quote(member.name()) + " is said to have " + member.packedSize()
                        + " bytes, but only " + Math.max(room, 0) + " lie before what follows it");
            }
        }
    }
}
