package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.FileSlice;
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
 * @param members by name, in the order of the file
 */
record ZipArchive(CheckpointFile file, Map<String, ZipMember> members) {
    static final int LOCAL_HEADER = 0x04034b50;
    static final int LOCAL_HEADER_SIZE = 30;
    static final int DESCRIPTOR = 0x08074b50;

    /** The flag of a member whose checksum stands behind its data, because it was not known before. */
    static final int STREAMED = 8;

    /**
     * Where a member's packed bytes begin, after its local header, which must tell the same as the central directory.
     *
     * @param channel the archive, opened by the caller: opening it anew for each of thousands of members takes long
     */
    long dataOffset(ZipMember member, FileChannel channel) throws IOException {
        Faults faults = new Faults(file.path());
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
            throw faults.malformed("the archive's directory and the header at byte " + member.headerOffset()
                    + " differ on " + Faults.quote(member.name()));
        }
        int extraLength = header.getShort(28) & 0xffff;
        long offset = member.headerOffset() + size + extraLength;
        if (offset > file.size() - member.packedSize()) {
            throw faults.malformed(Faults.quote(member.name()) + " needs " + member.packedSize() + " bytes from byte "
                    + offset + ", but the file has " + file.size() + " bytes");
        }
        return offset;
    }

    /**
     * Writes a member's checksum into a copy of this archive: into its directory entry, and beside the data, where the local
     * header says that it is.
     */
    void replaceChecksum(String name, long crc, WrittenArchive copy) throws IOException {
        ZipMember member = members.get(name);
        ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        value.putInt(0, (int) crc);
        copy.write(value.duplicate(), member.entryOffset() + 16);
        ByteBuffer flags = ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy.channel().read(flags, member.headerOffset() + 6);
        if ((flags.getShort(0) & STREAMED) == 0) {
            copy.write(value, member.headerOffset() + 14);
            return;
        }
        long behind = dataOffset(member, copy.channel()) + member.packedSize();
        ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy.channel().read(mark, behind);
        // The signature of a descriptor is optional.
        copy.write(value, mark.getInt(0) == DESCRIPTOR ? behind + Integer.BYTES : behind);
    }

    /** Reads a member from its start, inflating it where it is deflated. The caller closes the stream. */
    InputStream open(ZipMember member) throws IOException {
        if (member.method() != ZipMember.STORED && member.method() != ZipMember.DEFLATED) {
            throw new Faults(file.path())
                    .unsupported(
                            Faults.quote(member.name()) + " is packed with method " + member.method(),
                            "save it again with torch.save");
        }
        long offset;
        try (FileChannel channel = file.open()) {
            offset = dataOffset(member, channel);
        }
        InputStream packed = new FileSlice(file.open(), offset, member.packedSize());
        return member.method() == ZipMember.STORED ? packed : new ClosingInflater(packed, new Inflater(true));
    }

    /** Ends the inflater, which holds native memory, with the stream. */
    private static final class ClosingInflater extends InflaterInputStream {
        ClosingInflater(InputStream packed, Inflater inflater) {
            super(packed, inflater, 1 << 14);
        }

        @Override
        public void close() throws IOException {
            inf.end();
            super.close();
        }
    }
}
