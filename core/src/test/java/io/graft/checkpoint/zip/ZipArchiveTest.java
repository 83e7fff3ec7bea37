package io.graft.checkpoint.zip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.bytes.StoredBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are laid out here, and read here and by the JDK; and what is damaged in them. */
class ZipArchiveTest {
    private static final Advice ADVICE = new Advice("if malformed", "if refused");

    @TempDir
    Path folder;

    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private final ZipLayout layout = new ZipLayout();
    private final List<Long> crcs = new ArrayList<>();

    private Path file() {
        return folder.resolve("a.zip");
    }

    /** An archive of three members. */
    private ByteBuffer archive() {
        contents.put("a/x", new byte[] {1, 2, 3, 4, 5});
        contents.put("a/empty", new byte[0]);
        contents.put("ü", new byte[100]);
        contents.forEach((name, content) -> layout.add(name, content.length));
        ByteBuffer bytes = ByteBuffer.allocate((int) layout.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (ZipLayout.Member member : layout.members()) {
            byte[] content = contents.get(member.name());
            long crc = Checksum.of(content);
            crcs.add(crc);
            assertEquals(member.headerOffset(), bytes.position());
            bytes.put(member.localHeader());
            assertEquals(member.dataOffset(), bytes.position());
            bytes.put(content).put(member.descriptor(crc));
        }
        assertEquals(layout.directorySize(), bytes.remaining());
        return bytes.put(layout.directory(crcs));
    }

    private ZipArchive read(ByteBuffer bytes) throws IOException {
        return ZipArchive.read(CheckpointFile.of(Files.write(file(), bytesOf(bytes))), ADVICE);
    }

    private void assertMalformed(String detail, ByteBuffer damaged) throws IOException {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> read(damaged));
        assertEquals(file().toRealPath() + ": " + detail + "; if malformed", refused.getMessage());
    }

    /** Where the end records are: that of ZIP64, its locator, the old one. */
    private int end64() {
        return (int) layout.size() - 22 - 20 - 56;
    }

    private int directory() {
        return (int) layout.size() - layout.directorySize();
    }

    @Test
    void whatIsLaidOutIsReadHereAndByTheJdk() throws IOException {
        ZipArchive archive = read(archive());
        assertEquals(
                List.copyOf(contents.keySet()), List.copyOf(archive.members().keySet()));
        try (ZipFile jdk = new ZipFile(file().toFile());
                FileChannel channel = FileChannel.open(file())) {
            assertEquals(3, jdk.size());
            for (ZipMember member : archive.members().values()) {
                byte[] content = contents.get(member.name());
                StoredBytes stored = archive.stored(member, ByteOrder.BIG_ENDIAN, channel, "");
                assertEquals(0, stored.offset() % 64);
                assertEquals(ByteOrder.BIG_ENDIAN, stored.order());
                assertArrayEquals(content, Fixtures.bytes(stored.data(0, content.length)));
                assertArrayEquals(content, archive.open(member, "").readAllBytes());
                assertArrayEquals(
                        content, jdk.getInputStream(jdk.getEntry(member.name())).readAllBytes());
                assertEquals(Checksum.of(content), jdk.getEntry(member.name()).getCrc());
            }
        }
        assertThrows(UnsupportedOperationException.class, () -> layout.members().clear());
    }

    @Test
    void aMemberThatIsPackedGoesIntoAnotherArchiveAsItIs() throws IOException {
        byte[] content = new byte[1000];
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file()))) {
            out.putNextEntry(new ZipEntry("packed"));
            out.write(content);
        }
        ZipArchive archive = ZipArchive.read(CheckpointFile.of(file()), ADVICE);
        ZipMember member = archive.members().get("packed");
        ZipLayout.Member kept = new ZipLayout().add("packed", member.method(), member.packedSize(), member.size());
        ZipLayout copy = new ZipLayout();
        copy.add("packed", member.method(), member.packedSize(), member.size());
        Path other = file().resolveSibling("copy.zip");
        try (FileChannel channel = FileChannel.open(file());
                FileChannel out = FileChannel.open(other, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(kept.localHeader()));
            out.write(archive.packed(member, channel).window(0, (int) member.packedSize()));
            out.write(ByteBuffer.wrap(kept.descriptor(member.crc())));
            out.write(ByteBuffer.wrap(copy.directory(List.of(member.crc()))));
        }
        assertTrue(member.packedSize() < content.length);
        try (ZipFile jdk = new ZipFile(other.toFile())) {
            assertArrayEquals(
                    content, jdk.getInputStream(jdk.getEntry("packed")).readAllBytes());
        }
        ZipArchive read = ZipArchive.read(CheckpointFile.of(other), ADVICE);
        assertArrayEquals(content, read.open(read.members().get("packed"), "").readAllBytes());
    }

    /** Beyond what 32 bits hold, and just within. */
    @ParameterizedTest
    @ValueSource(longs = {0xffff_fffeL, 0xffff_ffffL, 5L << 30})
    void membersOfAnySizeAreToldOf(long size) throws IOException {
        layout.add("big", size);
        layout.add("after", 4);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ZipLayout.Member member : layout.members()) {
                channel.write(ByteBuffer.wrap(member.localHeader()), member.headerOffset());
                byte[] descriptor = member.descriptor(7);
                boolean large = member.size() >= 0xffff_ffffL || member.headerOffset() >= 0xffff_ffffL;
                assertEquals(large ? 24 : 16, descriptor.length);
                channel.write(ByteBuffer.wrap(descriptor), member.dataOffset() + member.size());
            }
            channel.write(ByteBuffer.wrap(layout.directory(List.of(7L, 8L))), layout.size() - layout.directorySize());
        }
        assertEquals(layout.size(), Files.size(file()));
        ZipArchive archive = ZipArchive.read(CheckpointFile.of(file()), ADVICE);
        try (ZipFile jdk = new ZipFile(file().toFile());
                FileChannel channel = FileChannel.open(file())) {
            for (ZipLayout.Member member : layout.members()) {
                ZipMember read = archive.members().get(member.name());
                assertEquals(member.size(), read.size());
                assertEquals(member.size(), read.packedSize());
                assertEquals(member.headerOffset(), read.headerOffset());
                assertEquals(member.dataOffset(), archive.dataOffset(read, channel));
                assertEquals(0, member.dataOffset() % ZipLayout.ALIGNMENT);
                assertEquals(member.size(), jdk.getEntry(member.name()).getSize());
            }
        }
    }

    @Test
    void theFirstMembersNameIsKnownByTheFirstBytes() {
        ByteBuffer head = archive().flip();
        assertTrue(ZipArchive.beginsWith(head, "/x"));
        assertFalse(ZipArchive.beginsWith(head, "/y"));
        assertTrue(ZipArchive.beginsWith(head.slice(0, 33).order(ByteOrder.LITTLE_ENDIAN), "a/x"));
        assertTrue(ZipArchive.beginsWith(head.slice(0, 32).order(ByteOrder.LITTLE_ENDIAN), "a/"), "cut off");
        assertTrue(ZipArchive.beginsWith(head.slice(0, 30).order(ByteOrder.LITTLE_ENDIAN), ""));
        assertFalse(ZipArchive.beginsWith(head.slice(0, 29).order(ByteOrder.LITTLE_ENDIAN), ""));
        assertFalse(ZipArchive.beginsWith(ByteBuffer.allocate(100), ""));
    }

    @Test
    void endRecordsThatLie() throws IOException {
        ByteBuffer whole = archive();
        int end64 = end64();
        assertMalformed(
                "the ZIP64 end record is said to be at byte " + (end64 + 1) + ", expected byte " + end64,
                copy(whole).putLong(end64 + 56 + 8, end64 + 1));
        assertMalformed(
                "the ZIP64 end record is said to be at byte -1, expected byte " + end64,
                copy(whole).putLong(end64 + 56 + 8, -1));
        assertMalformed("no ZIP64 end record at byte " + end64, copy(whole).put(end64, (byte) 'Q'));
        for (long[] lie : new long[][] {{-1, directory()}, {end64 - directory() + 1, directory()}, {end64 + 1, -1}}) {
            assertMalformed(
                    "the archive's directory is said to be " + lie[0] + " bytes at byte " + lie[1]
                            + ", but it ends at byte " + end64
                            + "; bytes are missing, or others stand before the archive",
                    copy(whole).putLong(end64 + 40, lie[0]).putLong(end64 + 48, lie[1]));
        }
        assertMalformed(
                "the archive's directory ends inside a member", copy(whole).putLong(end64 + 32, 4));
        assertMalformed(
                "the archive's directory has " + (46 + 2) + " bytes beyond its 2 members",
                copy(whole).putLong(end64 + 32, 2));
    }

    @Test
    void directoryEntriesThatAreDamaged() throws IOException {
        ByteBuffer whole = archive();
        int second = directory() + 46 + "a/x".length();
        assertMalformed(
                "the archive's directory is damaged after " + (46 + 3 + 4) + " bytes",
                copy(whole).put(second, (byte) 'Q'));
        assertMalformed(
                "a member of the archive has a name that is not text",
                copy(whole).put(second + 46, (byte) 0));
        assertMalformed(
                "the directory gives 'a/empty' impossible sizes", copy(whole).putInt(second + 20, 3));
        assertMalformed(
                "'a/empty' is said to have 200 bytes, but only "
                        + (layout.members().get(2).headerOffset()
                                - layout.members().get(1).headerOffset()
                                - 30
                                - 7)
                        + " lie before what follows it",
                copy(whole).putInt(second + 20, 200).putInt(second + 24, 200));
    }

    @Test
    void extraFieldsThatAreDamaged() throws IOException {
        byte[] block = {7, 7, 2, 0, 5, 5};
        byte[] tooLong = {7, 7, 3, 0, 5, 5};
        byte[] rest = {7, 7, 0, 0, 9};
        assertEquals(
                List.of("m", "n"), List.copyOf(read(withExtra(block)).members().keySet()));
        assertEquals(
                List.of("m", "n"), List.copyOf(read(withExtra(rest)).members().keySet()));
        assertMalformed("the directory entry of 'm' is damaged", withExtra(tooLong));
        // A ZIP64 field that is too short for the size that it has to hold.
        ByteBuffer short64 = withExtra(block);
        int entry = short64.capacity() - 22 - 2 * (46 + 1) - block.length;
        assertMalformed(
                "the directory entry of 'm' is damaged",
                short64.putInt(entry + 20, -1).putShort(entry + 46 + 1, (short) 1));
    }

    /** An archive of the JDK's with two empty members, the first of which has an extra field. */
    private ByteBuffer withExtra(byte[] extra) throws IOException {
        try (OutputStream file = Files.newOutputStream(file());
                ZipOutputStream out = new ZipOutputStream(file)) {
            ZipEntry entry = new ZipEntry("m");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(0);
            entry.setCrc(0);
            entry.setExtra(extra);
            out.putNextEntry(entry);
            out.putNextEntry(new ZipEntry("n"));
        }
        return ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void headersThatDifferFromTheDirectory() throws IOException {
        ByteBuffer whole = archive();
        for (int place : new int[] {0, 8, 26, 30}) {
            ByteBuffer damaged = copy(whole).put(place, (byte) 9);
            assertUnreadable("the archive's directory and the header at byte 0 differ on 'a/x'", damaged, "a/x");
        }
        ZipLayout.Member last = layout.members().get(2);
        int extra = (int) last.headerOffset() + 28;
        int data = (int) last.headerOffset() + 30 + "ü".getBytes(StandardCharsets.UTF_8).length + 0xffff;
        assertUnreadable(
                "'ü' needs 100 bytes from byte " + data + ", but the file has " + layout.size() + " bytes",
                copy(whole).putShort(extra, (short) -1),
                "ü");
    }

    private void assertUnreadable(String detail, ByteBuffer damaged, String member) throws IOException {
        ZipArchive archive = read(damaged);
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> archive.open(archive.members().get(member), ""));
        assertEquals(file().toRealPath() + ": " + detail + "; if malformed", refused.getMessage());
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.wrap(bytesOf(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(bytes);
        return bytes;
    }
}
