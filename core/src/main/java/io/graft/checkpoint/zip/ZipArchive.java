package io.graft.checkpoint.zip;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.FileBacked;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The members of a zip archive and the byte ranges of those that are stored as they are. The JDK's reader hides where a
 * member's bytes lie and tolerates duplicate names and foreign bytes around the archive; both matter here.
 *
 * @param file the archive
 * @param advice for an archive that is damaged or refused
 * @param members by name, in the order of the file
 */
public record ZipArchive(CheckpointFile file, Advice advice, Map<String, ZipMember> members) {
    static final int LOCAL_HEADER = 0x04034b50;
    static final int LOCAL_HEADER_SIZE = 30;
    static final int DESCRIPTOR = 0x08074b50;

    /** The flag of a member whose checksum stands behind its data, because it was not known before. */
    static final int STREAMED = 8;

    private static final int NAME_LENGTH = 26;

    /**
     * Finds the members.
     *
     * @param advice for an archive that is damaged or refused
     * @throws CheckpointException if the archive is cut short, has foreign bytes around it, or tells a name twice
     */
    public static ZipArchive read(CheckpointFile file, Advice advice) throws IOException {
        return read(file, 0, file.size(), advice);
    }

    /** As {@link #read(CheckpointFile, Advice)}, of an archive that is a part of a file. */
    public static ZipArchive read(CheckpointFile file, long offset, long length, Advice advice) throws IOException {
        return new ZipDirectoryReader(file, offset, length, advice).read();
    }

    /** Whether the first member of a zip archive that begins with these bytes has a name of this end. */
    public static boolean beginsWith(ByteBuffer head, String suffix) {
        if (head.remaining() < LOCAL_HEADER_SIZE || head.getInt(0) != LOCAL_HEADER) {
            return false;
        }
        int length = Math.min(head.getShort(NAME_LENGTH) & 0xffff, head.remaining() - LOCAL_HEADER_SIZE);
        ByteBuffer name = head.slice(LOCAL_HEADER_SIZE, length);
        return StandardCharsets.UTF_8.decode(name).toString().endsWith(suffix);
    }

    /**
     * Where a member's packed bytes begin, after its local header, which must tell the same as the central directory.
     *
     * @param channel the archive, opened by the caller: opening it anew for each of thousands of members takes long
     */
    long dataOffset(ZipMember member, FileChannel channel) throws IOException {
        byte[] name = member.name().getBytes(StandardCharsets.UTF_8);
        int size = LOCAL_HEADER_SIZE + name.length;
        ByteBuffer header = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (header.hasRemaining()) {
            if (channel.read(header, member.headerOffset() + header.position()) < 0) {
                throw new EOFException(file.path() + " ends inside a header");
            }
        }
        byte[] localName = new byte[name.length];
        header.flip().get(LOCAL_HEADER_SIZE, localName);
        if (header.getInt(0) != LOCAL_HEADER
                || header.getShort(8) != (short) member.method()
                || header.getShort(26) != (short) name.length
                || !Arrays.equals(name, localName)) {
            throw refusals()
                    .malformed("the archive's directory and the header at byte " + member.headerOffset() + " differ on "
                            + Refusals.quote(member.name()));
        }
        int extraLength = header.getShort(28) & 0xffff;
        long offset = member.headerOffset() + size + extraLength;
        if (offset > file.size() - member.packedSize()) {
            throw refusals()
                    .malformed(Refusals.quote(member.name()) + " needs " + member.packedSize() + " bytes from byte "
                            + offset + ", but the file has " + file.size() + " bytes");
        }
        return offset;
    }

    /**
     * The bytes of a member that is stored as it is.
     *
     * @param order of the bytes of numbers in it
     * @param channel the archive, opened by the caller
     * @param ifCompressed what to do about a member that is not
     * @throws CheckpointException if it is compressed, or the archive damaged
     */
    public StoredBytes stored(ZipMember member, ByteOrder order, FileChannel channel, String ifCompressed)
            throws IOException {
        if (member.method() != ZipMember.STORED) {
            throw refusals()
                    .unsupported(
                            Refusals.quote(member.name())
                                    + " is compressed, so its bytes cannot be reached in the file",
                            ifCompressed);
        }
        return new StoredBytes(
                file, member.name(), dataOffset(member, channel), member.size(), member.crc(), order, advice);
    }

    /**
     * The bytes of a member as they lie in the file, packed or not; nothing is compared.
     *
     * @param channel the archive, opened by the caller
     * @throws CheckpointException if the archive is damaged
     */
    public FileBacked packed(ZipMember member, FileChannel channel) throws IOException {
        return file.data(dataOffset(member, channel), member.packedSize());
    }

    /**
     * Reads a member from its start, inflating it where it is deflated. The caller closes the stream.
     *
     * @param ifPacked what to do about a member that is packed in another way
     * @throws CheckpointException if it is, or the archive is damaged
     */
    public InputStream open(ZipMember member, String ifPacked) throws IOException {
        requireReadable(member, ifPacked);
        return unpacked(slice(member), member);
    }

    /**
     * As {@link #open(ZipMember, String)}, of an archive that the caller has opened: opening it anew for each of many members takes long.
     */
    public InputStream open(ZipMember member, FileChannel channel, String ifPacked) throws IOException {
        requireReadable(member, ifPacked);
        return unpacked(FileSlice.lent(channel, dataOffset(member, channel), member.packedSize()), member);
    }

    private void requireReadable(ZipMember member, String ifPacked) {
        if (member.method() != ZipMember.STORED && member.method() != ZipMember.DEFLATED) {
            throw refusals()
                    .unsupported(Refusals.quote(member.name()) + " is packed with method " + member.method(), ifPacked);
        }
    }

    private static InputStream unpacked(InputStream packed, ZipMember member) {
        return member.method() == ZipMember.STORED
                ? packed
                : new ClosingInflater(packed, new Inflater(true), member.packedSize());
    }

    private FileSlice slice(ZipMember member) throws IOException {
        FileChannel channel = file.open();
        try {
            return new FileSlice(channel, dataOffset(member, channel), member.packedSize());
        } catch (IOException | RuntimeException | Error failure) {
            channel.close();
            throw failure;
        }
    }

    private Refusals refusals() {
        return new Refusals(file.path(), advice);
    }

    /** Ends the inflater, which holds native memory, with the stream. */
    private static final class ClosingInflater extends InflaterInputStream {
        private static final long LARGEST = 1 << 14;

        ClosingInflater(InputStream packed, Inflater inflater, long size) {
            super(packed, inflater, (int) Math.max(1, Math.min(size, LARGEST)));
        }

        @Override
        public void close() throws IOException {
            inf.end();
            super.close();
        }
    }
}
