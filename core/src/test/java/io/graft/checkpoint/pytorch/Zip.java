package io.graft.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives that the JDK's writer would not: duplicate names, lying sizes, wrong checksums, ZIP64. */
final class Zip {
    private record Member(String name, int method, int crc, int packedSize, long size, int offset, int flags) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Member> members = new ArrayList<>();

    Zip stored(String name, byte[] data) {
        return member(name, 0, crc(data), data, data.length, 0);
    }

    Zip stored(String name, String data) {
        return stored(name, data.getBytes(StandardCharsets.ISO_8859_1));
    }

    Zip storedWithCrc(String name, byte[] data, int crc) {
        return member(name, 0, crc, data, data.length, 0);
    }

    Zip deflated(String name, byte[] data) {
        return deflated(name, data, data.length);
    }

    Zip deflated(String name, byte[] data, long declared) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(data);
        deflater.finish();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 16];
        while (!deflater.finished()) {
            packed.write(part, 0, deflater.deflate(part));
        }
        deflater.end();
        return member(name, 8, crc(data), packed.toByteArray(), declared, 0);
    }

    Zip member(String name, int method, int crc, byte[] packed, long size, int flags) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        members.add(new Member(name, method, crc, packed.length, size, out.size(), flags));
        out.writeBytes(little(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) flags)
                .putShort((short) method)
                .putInt(0)
                .putInt(crc)
                .putInt(packed.length)
                .putInt((int) size)
                .putShort((short) bytes.length)
                .putShort((short) 0)
                .array());
        out.writeBytes(bytes);
        out.writeBytes(packed);
        return this;
    }

    byte[] build() {
        return build(false);
    }

    /** The archive with the sizes in ZIP64 fields. */
    byte[] buildZip64() {
        return build(true);
    }

    private byte[] build(boolean zip64) {
        int start = out.size();
        for (Member member : members) {
            byte[] name = member.name.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(little(46)
                    .putInt(0x02014b50)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putShort((short) member.flags)
                    .putShort((short) member.method)
                    .putInt(0)
                    .putInt(member.crc)
                    .putInt(zip64 ? -1 : member.packedSize)
                    .putInt(zip64 ? -1 : (int) member.size)
                    .putShort((short) name.length)
                    .putShort((short) (zip64 ? 28 : 0))
                    .putShort((short) 0)
                    .putLong(0)
                    .putInt(zip64 ? -1 : member.offset)
                    .array());
            out.writeBytes(name);
            if (zip64) {
                out.writeBytes(little(28)
                        .putShort((short) 1)
                        .putShort((short) 24)
                        .putLong(member.size)
                        .putLong(member.packedSize)
                        .putLong(member.offset)
                        .array());
            }
        }
        int end = out.size();
        if (zip64) {
            out.writeBytes(little(56)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putInt(0)
                    .putLong(0)
                    .putLong(members.size())
                    .putLong(members.size())
                    .putLong(end - start)
                    .putLong(start)
                    .array());
            out.writeBytes(little(20)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end)
                    .putInt(1)
                    .array());
        }
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) (zip64 ? -1 : members.size()))
                .putShort((short) (zip64 ? -1 : members.size()))
                .putInt(zip64 ? -1 : end - start)
                .putInt(zip64 ? -1 : start)
                .putShort((short) 0)
                .array());
        return out.toByteArray();
    }

    private static int crc(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return (int) crc.getValue();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
