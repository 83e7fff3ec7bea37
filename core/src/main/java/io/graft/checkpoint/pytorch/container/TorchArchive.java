package io.graft.checkpoint.pytorch.container;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipMember;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;

/**
 * The container of {@code torch.save} since PyTorch 1.6: one folder with {@code data.pkl} and storages in {@code data/}; or that of
 * {@code torch.export.save}, which has {@code archive_format} instead.
 */
public final class TorchArchive {
    private static final String PICKLE = "data.pkl";
    private static final String EXPORTED = "archive_format";
    private static final String RESAVE = "save it again with torch.save";

    private final ZipArchive zip;
    private final String folder;
    private final Refusals refusals;
    private final ByteOrder order;

    private TorchArchive(ZipArchive zip, String folder, Refusals refusals) throws IOException {
        this.zip = zip;
        this.folder = folder;
        this.refusals = refusals;
        this.order = readByteOrder();
    }

    /**
     * Finds the members.
     *
     * @throws CheckpointException if it is a zip archive of another kind, or damaged
     */
    public static TorchArchive open(CheckpointFile file) throws IOException {
        return open(file, 0, file.size());
    }

    /** As {@link #open(CheckpointFile)}, of an archive that is a part of a file. */
    public static TorchArchive open(CheckpointFile file, long offset, long length) throws IOException {
        Refusals refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        ZipArchive zip = ZipArchive.read(file, offset, length, ShardKind.PYTORCH.advice());
        Set<String> names = zip.members().keySet();
        names.forEach(name -> checkName(name, refusals));
        String mark = names.stream()
                .filter(name -> name.endsWith("/" + PICKLE) || name.endsWith("/" + EXPORTED))
                .filter(name -> name.indexOf('/') == name.lastIndexOf('/'))
                .findFirst()
                .orElseThrow(() -> ForeignArchive.refusal(names, refusals));
        String folder = mark.substring(0, mark.indexOf('/') + 1);
        names.stream().filter(name -> !name.startsWith(folder)).findFirst().ifPresent(stranger -> {
            throw refusals.refused("the archive has members outside of its folder " + Refusals.quote(folder) + ": "
                    + Refusals.quote(stranger));
        });
        return new TorchArchive(zip, folder, refusals);
    }

    /** Whether it holds a program beside the tensors, as {@code torch.jit.save} writes it. */
    public boolean isScript() {
        return zip.members().keySet().stream()
                .anyMatch(name -> name.equals(folder + "constants.pkl") || name.startsWith(folder + "code/"));
    }

    /** Whether it holds programs, as {@code torch.export.save} writes it. */
    public boolean isExported() {
        return has(EXPORTED);
    }

    /** The names of all members, without the folder. */
    public List<String> names() {
        return zip.members().keySet().stream()
                .map(name -> name.substring(folder.length()))
                .toList();
    }

    /** Whether there is a member of that name, without the folder. */
    public boolean has(String name) {
        return zip.members().containsKey(folder + name);
    }

    /** Reads {@code data.pkl} and compares its checksum. */
    public PickleValue readPickle(PickleLimits limits) throws IOException {
        return readPickle(PICKLE, limits);
    }

    /** Reads a pickle that is there, and compares its checksum. */
    public PickleValue readPickle(String name, PickleLimits limits) throws IOException {
        ZipMember member = zip.members().get(folder + name);
        if (member.size() > limits.bytes()) {
            throw refusals.refused(Refusals.quote(member.name()) + " has " + member.size() + " bytes; at most "
                    + limits.bytes() + " are read");
        }
        CRC32 crc = new CRC32();
        try (ByteCursor cursor = new ByteCursor(new CheckedInputStream(zip.open(member, RESAVE), crc), member.size())) {
            PickleValue value = new PickleReader(cursor, Refusals.quote(member.name()), refusals, limits).read();
            if (cursor.remaining() > 0) {
                throw refusals.refused(Refusals.quote(member.name()) + " has " + cursor.remaining()
                        + " bytes after the end of its pickle");
            }
            if (member.crc() != 0 && crc.getValue() != member.crc()) {
                throw refusals.malformed(Refusals.quote(member.name())
                        + String.format(
                                Locale.ROOT,
                                " is damaged: its checksum is %08x, saved was %08x",
                                crc.getValue(),
                                member.crc()));
            }
            return value;
        } catch (ZipException | EOFException damaged) {
            throw refusals.malformed(Refusals.quote(member.name()) + " cannot be inflated");
        }
    }

    /**
     * The text of a member; empty if there is none.
     *
     * @throws CheckpointException if it has more than {@code most} bytes
     */
    public Optional<String> text(String name, long most) throws IOException {
        ZipMember member = zip.members().get(folder + name);
        if (member == null) {
            return Optional.empty();
        }
        try (FileChannel channel = zip.file().open()) {
            return Optional.of(text(member, most, channel));
        }
    }

    /**
     * The texts of several members, by name.
     *
     * @param wanted of names without the folder
     * @throws CheckpointException if they have more than {@code most} bytes together
     */
    public Map<String, String> texts(Predicate<String> wanted, long most) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        long left = most;
        try (FileChannel channel = zip.file().open()) {
            for (ZipMember member : zip.members().values()) {
                String name = member.name().substring(folder.length());
                if (wanted.test(name)) {
                    texts.put(name, text(member, left, channel));
                    left -= member.size();
                }
            }
        }
        return texts;
    }

    private String text(ZipMember member, long most, FileChannel channel) throws IOException {
        if (member.size() > most) {
            throw refusals.refused(Refusals.quote(member.name()) + " has " + member.size() + " bytes, more than the "
                    + most + " that are read of an archive's code");
        }
        try (ByteCursor cursor = new ByteCursor(zip.open(member, channel, RESAVE), member.size())) {
            return new String(cursor.bytes(member.size()), StandardCharsets.UTF_8);
        } catch (ZipException | EOFException damaged) {
            throw refusals.malformed(Refusals.quote(member.name()) + " cannot be inflated");
        }
    }

    /** A member that is there, from its start; the caller closes it. */
    public InputStream stream(String name) throws IOException {
        return zip.open(zip.members().get(folder + name), RESAVE);
    }

    /**
     * Bytes of a storage.
     *
     * @throws CheckpointException if there is none of that key
     */
    public long size(String where, String key, String wantedBy) {
        return member(where, key, wantedBy).size();
    }

    private ZipMember member(String where, String key, String wantedBy) {
        String name = folder + where + "/" + key;
        ZipMember member = zip.members().get(name);
        if (member == null) {
            throw refusals.malformed(wantedBy + " needs " + Refusals.quote(name) + ", which the archive lacks");
        }
        return member;
    }

    /**
     * The bytes of a storage.
     *
     * @param where {@code data} or {@code constants}
     * @param wantedBy the tensor that needs it, for messages
     * @param channel the archive, opened by the caller
     * @throws CheckpointException if there is none of that key, or if it is compressed
     */
    public StoredBytes storage(String where, String key, String wantedBy, FileChannel channel) throws IOException {
        return zip.stored(
                member(where, key, wantedBy),
                order,
                channel,
                "save the checkpoint again with torch.save, which stores tensors as they are");
    }

    private ByteOrder readByteOrder() throws IOException {
        ZipMember member = zip.members().get(folder + "byteorder");
        if (member == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        if (member.size() <= 16) {
            try (ByteCursor cursor = new ByteCursor(zip.open(member, RESAVE), member.size())) {
                String order = new String(cursor.bytes(member.size()), StandardCharsets.ISO_8859_1);
                if (order.equals("little") || order.equals("big")) {
                    return order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
                }
            } catch (ZipException | EOFException damaged) {
                throw refusals.malformed(Refusals.quote(member.name()) + " cannot be inflated");
            }
        }
        throw refusals.malformed(Refusals.quote(member.name()) + " is neither 'little' nor 'big'");
    }

    private static void checkName(String name, Refusals refusals) {
        for (String segment : name.split("/")) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || segment.indexOf('\\') >= 0) {
                throw refusals.refused("a member of the archive is called " + Refusals.quote(name));
            }
        }
    }
}
