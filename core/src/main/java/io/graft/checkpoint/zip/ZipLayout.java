package io.graft.checkpoint.zip;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * An archive as it will be, every byte but the members' data: laid out as {@code torch.save} does it, one member after the
 * other, their data at multiples of 64, checksums behind the data, and ZIP64 fields where a size or an offset needs them. All of it is known before a byte is written, except for the checksums.
 */
public final class ZipLayout {
    /** What the place of a member's data is a multiple of. */
    public static final int ALIGNMENT = 64;

    private static final int UTF8 = 0x800;
    private static final long LARGEST32 = 0xffff_ffffL;
    private static final int LARGEST16 = 0xffff;
    private static final int PADDING_FIELD = 4;

    private final List<Member> members = new ArrayList<>();
    private long end;

    /**
     * A member and where it lies.
     *
     * @param method how its data are packed, as {@link ZipMember} has it
     * @param packedSize bytes in the archive
     * @param size bytes unpacked
     * @param headerOffset where its local header begins
     */
    public record Member(String name, int method, long packedSize, long size, long headerOffset) {
        /** The local header, with its padding; the data follow. */
        public byte[] localHeader() {
            byte[] large = largeField();
            int padding = padding(large.length);
            byte[] bytes = nameBytes();
            byte[] header = new byte[30 + bytes.length + large.length + PADDING_FIELD + padding];
            Arrays.fill(header, header.length - padding, header.length, (byte) 'Z');
            little(header)
                    .putInt(ZipArchive.LOCAL_HEADER)
                    .putShort((short) version())
                    .putShort((short) flags())
                    .putShort((short) method)
                    .putInt(0)
                    .putInt(0)
                    .putLong(0)
                    .putShort((short) bytes.length)
                    .putShort((short) (large.length + PADDING_FIELD + padding))
                    .put(bytes)
                    .put(large)
                    .put((byte) 'F')
                    .put((byte) 'B')
                    .putShort((short) padding);
            return header;
        }

        /** Where its data begin. */
        public long dataOffset() {
            int large = largeField().length;
            return headerOffset
                    + ZipArchive.LOCAL_HEADER_SIZE
                    + nameBytes().length
                    + large
                    + PADDING_FIELD
                    + padding(large);
        }

        /** What follows the data: the checksum and the sizes; nothing where there are no data. */
        public byte[] descriptor(long crc) {
            byte[] descriptor = new byte[descriptorSize()];
            if (descriptor.length == 0) {
                return descriptor;
            }
            ByteBuffer fields = little(descriptor).putInt(ZipArchive.DESCRIPTOR).putInt((int) crc);
            if (descriptor.length == 24) {
                fields.putLong(packedSize).putLong(size);
            } else {
                fields.putInt((int) packedSize).putInt((int) size);
            }
            return descriptor;
        }

        /** The entry of the central directory. */
        public byte[] entry(long crc) {
            byte[] bytes = nameBytes();
            byte[] large = largeField();
            byte[] entry = new byte[46 + bytes.length + large.length];
            little(entry)
                    .putInt(ZipDirectoryReader.ENTRY)
                    .putShort((short) 0)
                    .putShort((short) version())
                    .putShort((short) flags())
                    .putShort((short) method)
                    .putInt(0)
                    .putInt((int) crc)
                    .putInt((int) (isLarge() ? LARGEST32 : packedSize))
                    .putInt((int) (isLarge() ? LARGEST32 : size))
                    .putShort((short) bytes.length)
                    .putShort((short) large.length)
                    .putShort((short) 0)
                    .putLong(0)
                    .putInt((int) Math.min(headerOffset, LARGEST32))
                    .put(bytes)
                    .put(large);
            return entry;
        }

        private long end() {
            return dataOffset() + packedSize + descriptorSize();
        }

        /** Bytes of what follows the data. */
        public int descriptorSize() {
            return packedSize == 0 ? 0 : largeField().length == 0 ? 16 : 24;
        }

        private int flags() {
            return packedSize == 0 ? UTF8 : UTF8 | ZipArchive.STREAMED;
        }

        /** What a reader must be capable of: 2.0 for Deflate. */
        private int version() {
            return method == ZipMember.STORED ? 0 : 20;
        }

        private boolean isLarge() {
            return Math.max(size, packedSize) >= LARGEST32;
        }

        private byte[] nameBytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        /** The ZIP64 field: what does not fit into 32 bits. */
        private byte[] largeField() {
            int sizes = isLarge() ? 2 : 0;
            int count = sizes + (headerOffset >= LARGEST32 ? 1 : 0);
            if (count == 0) {
                return new byte[0];
            }
            byte[] field = new byte[4 + count * Long.BYTES];
            ByteBuffer numbers =
                    little(field).putShort((short) ZipDirectoryReader.EXTRA64).putShort((short) (count * Long.BYTES));
            if (isLarge()) {
                numbers.putLong(size).putLong(packedSize);
            }
            if (headerOffset >= LARGEST32) {
                numbers.putLong(headerOffset);
            }
            return field;
        }

        private int padding(int large) {
            long unpadded = headerOffset + ZipArchive.LOCAL_HEADER_SIZE + nameBytes().length + large + PADDING_FIELD;
            return (int) (-unpadded & (ALIGNMENT - 1));
        }
    }

    /** Adds a member behind the others, stored as it is. */
    public Member add(String name, long size) {
        return add(name, ZipMember.STORED, size, size);
    }

    /** Adds a member behind the others, packed already. */
    public Member add(String name, int method, long packedSize, long size) {
        Member member = new Member(name, method, packedSize, size, end);
        members.add(member);
        end = member.end();
        return member;
    }

    /** The members in their order. */
    public List<Member> members() {
        return Collections.unmodifiableList(members);
    }

    /** Bytes of the whole archive. */
    public long size() {
        return end + directorySize();
    }

    /** Bytes of what follows the members. */
    public int directorySize() {
        return directory(Collections.nCopies(members.size(), 0L)).length;
    }

    /**
     * What follows the members: the central directory and the end records.
     *
     * @param crcs the members' checksums, in their order
     */
    public byte[] directory(List<Long> crcs) {
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        for (int i = 0; i < members.size(); i++) {
            directory.writeBytes(members.get(i).entry(crcs.get(i)));
        }
        long size = directory.size();
        long count = members.size();
        byte[] end64 = new byte[56];
        little(end64)
                .putInt(ZipDirectoryReader.END64)
                .putLong(44)
                .putShort((short) 0x031e)
                .putShort((short) 45)
                .putLong(0)
                .putLong(count)
                .putLong(count)
                .putLong(size)
                .putLong(end);
        byte[] locator = new byte[20];
        little(locator)
                .putInt(ZipDirectoryReader.LOCATOR64)
                .putInt(0)
                .putLong(end + size)
                .putInt(1);
        byte[] end32 = new byte[22];
        little(end32)
                .putInt(ZipDirectoryReader.END)
                .putInt(0)
                .putShort((short) Math.min(count, LARGEST16))
                .putShort((short) Math.min(count, LARGEST16))
                .putInt((int) Math.min(size, LARGEST32))
                .putInt((int) Math.min(end, LARGEST32))
                .putShort((short) 0);
        directory.writeBytes(end64);
        directory.writeBytes(locator);
        directory.writeBytes(end32);
        return directory.toByteArray();
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
