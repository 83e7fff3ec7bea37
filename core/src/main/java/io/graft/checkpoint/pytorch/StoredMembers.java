package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The members of a zip archive as they lie in the file, for other formats in this container. */
public final class StoredMembers {
    private static final int NAME_LENGTH = 26;

    private StoredMembers() {}

    /** One member. */
    public static final class StoredMember {
        private final Storage storage;

        private StoredMember(Storage storage) {
            this.storage = storage;
        }

        /** Its full name, text only. */
        public String name() {
            return storage.member();
        }

        /** Where its bytes lie. */
        public ByteRange range() {
            return new ByteRange(storage.file().path(), storage.offset(), storage.length());
        }

        /** Part of its bytes; the first time that any are read, the checksum of all of them is compared. */
        public TensorData part(long offset, long length) {
            return new ContiguousTensorData(storage, storage.part(offset, length));
        }
    }

    /** Whether the first member of a zip archive that begins with these bytes has a name of this end. */
    public static boolean beginWith(ByteBuffer head, String suffix) {
        if (head.remaining() < ZipArchive.LOCAL_HEADER_SIZE || head.getInt(0) != ZipArchive.LOCAL_HEADER) {
            return false;
        }
        int length = Math.min(head.getShort(NAME_LENGTH) & 0xffff, head.remaining() - ZipArchive.LOCAL_HEADER_SIZE);
        ByteBuffer name = head.slice(ZipArchive.LOCAL_HEADER_SIZE, length);
        return StandardCharsets.UTF_8.decode(name).toString().endsWith(suffix);
    }

    /**
     * Finds the members, in the order of the file.
     *
     * @throws CheckpointException if the archive is damaged, or a member compressed
     */
    public static List<StoredMember> of(CheckpointFile file) throws IOException {
        ZipArchive zip = new ZipDirectoryReader(file).read();
        List<StoredMember> members = new ArrayList<>();
        try (FileChannel channel = file.open()) {
            for (ZipMember member : zip.members().values()) {
                if (member.method() != ZipMember.STORED) {
                    throw new Faults(file.path())
                            .unsupported(
                                    Faults.quote(member.name())
                                            + " is compressed, so its bytes cannot be reached in the file",
                                    "save it without compression");
                }
                members.add(new StoredMember(new Storage(
                        file,
                        member.name(),
                        zip.dataOffset(member, channel),
                        member.size(),
                        member.crc(),
                        ByteOrder.LITTLE_ENDIAN)));
            }
        }
        return members;
    }
}
