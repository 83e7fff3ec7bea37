package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.pytorch.storage.Placement;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.CheckpointWriter;
import io.graft.checkpoint.write.DiskSpace;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipMember;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a copy of a TorchScript archive, or of another PyTorch zip archive, in which some tensors have other values: the
 * program, the names, the shapes and the dtypes stay, every member that holds none of these tensors is the same byte for byte,
 * and nothing in the archive moves. A tensor that is a view of its storage, or tied to another one, is written through the
 * storage; values that such tensors cannot have together are refused.
 */
public final class TorchScriptWriter implements CheckpointWriter {
    private static final long STEP = 1 << 23;

    private final Checkpoint archive;
    private final Path file;

    /**
     * @param archive the opened archive
     * @param file the file to write; it must not exist, its folder must
     */
    public TorchScriptWriter(Checkpoint archive, Path file) {
        this.archive = archive;
        this.file = file;
    }

    /**
     * Writes the copy.
     *
     * @param tensors those with other values, by their names in the archive; the rest keep theirs
     */
    @Override
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        Map<OutputTensor, Placement> placements = new LinkedHashMap<>();
        Map<String, StoredBytes> storages = new LinkedHashMap<>();
        for (OutputTensor tensor : tensors) {
            Placement placement = placement(tensor);
            placements.put(tensor, placement);
            storages.put(placement.storage().name(), placement.storage());
        }
        ZipArchive source = ZipArchive.read(CheckpointFile.of(archive.path()), ShardKind.PYTORCH.advice());
        DiskSpace.require(file.toAbsolutePath().getParent(), source.file().size());

        Map<OutputTensor, Long> given = new LinkedHashMap<>();
        WrittenFile written;
        try (WrittenArchive out = WrittenArchive.create(file)) {
            copy(source.file(), placements, out.channel());
            for (Map.Entry<OutputTensor, Placement> place : placements.entrySet()) {
                given.put(
                        place.getKey(),
                        place.getValue().write(WrittenArchive.materialize(place.getKey()), out.channel()));
            }
            for (StoredBytes storage : storages.values()) {
                replaceChecksum(source.members().get(storage.name()), source, storage, out);
            }
            written = out.finish();
        }
        CheckpointFile copy = CheckpointFile.of(file);
        requireSameMembers(source, ZipArchive.read(copy, ShardKind.PYTORCH.advice()));
        for (Map.Entry<OutputTensor, Placement> place : placements.entrySet()) {
            requireAsGiven(place.getKey(), place.getValue(), given.get(place.getKey()), copy);
        }
        return List.of(written);
    }

    private Placement placement(OutputTensor tensor) throws IOException {
        TensorEntry entry = archive.tensors().get(tensor.name());
        String quoted = "tensor " + Refusals.quote(tensor.name());
        if (entry == null) {
            throw refusal("the archive has no " + quoted, "give tensors by the names that they have in the archive");
        }
        if (entry.dtype() != tensor.dtype() || !entry.shape().equals(tensor.shape())) {
            throw refusal(
                    quoted + " is " + entry.dtype() + " " + entry.shape() + " in the archive, and " + tensor.dtype()
                            + " " + tensor.shape() + " cannot take its place",
                    "the program in the archive was made for the one; only values can be replaced");
        }
        Placement placement = Placement.of(entry)
                .filter(found -> archive.format().equals(PytorchFormat.ID)
                        && found.storage().file().path().equals(archive.path()))
                .orElseThrow(() -> refusal(
                        quoted + " does not lie in a storage of PyTorch",
                        "give a TorchScript archive, or a file of torch.save"));
        placement.storage().file().requireUnchanged();
        return placement;
    }

    /** Copies everything but the storages of which nothing will be left. */
    private static void copy(CheckpointFile source, Map<OutputTensor, Placement> placements, FileChannel target)
            throws IOException {
        List<StoredBytes> replaced = placements.values().stream()
                .filter(Placement::fills)
                .map(Placement::storage)
                .distinct()
                .sorted(Comparator.comparingLong(StoredBytes::offset))
                .toList();
        try (FileChannel channel = source.open()) {
            long at = 0;
            for (StoredBytes storage : replaced) {
                copy(channel, at, storage.offset(), target);
                at = storage.offset() + storage.length();
            }
            copy(channel, at, source.size(), target);
        }
        source.requireUnchanged();
    }

    private static void copy(FileChannel source, long from, long to, FileChannel target) throws IOException {
        target.position(from);
        for (long at = from; at < to; ) {
            long moved = source.transferTo(at, Math.min(STEP, to - at), target);
            if (moved <= 0) {
                return;
            }
            at += moved;
        }
    }

    private static void replaceChecksum(ZipMember member, ZipArchive source, StoredBytes storage, WrittenArchive out)
            throws IOException {
        long crc = Checksum.of(out.channel(), storage.offset(), storage.length());
        for (long place : source.checksumsOf(member, out.channel())) {
            ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            out.write(value.putInt(0, (int) crc), place);
        }
    }

    private void requireSameMembers(ZipArchive source, ZipArchive copy) throws IOException {
        if (!List.copyOf(source.members().values()).equals(withChecksums(copy, source))) {
            throw new IOException(file + ": the file just written reads back with other members than were written");
        }
    }

    /** The members of a copy with the checksums of its source: only these may differ. */
    private static List<ZipMember> withChecksums(ZipArchive copy, ZipArchive source) {
        return copy.members().values().stream()
                .map(member -> source.members().containsKey(member.name())
                        ? member.withChecksum(
                                source.members().get(member.name()).crc())
                        : member)
                .toList();
    }

    private void requireAsGiven(OutputTensor tensor, Placement placement, long crc, CheckpointFile copy)
            throws IOException {
        if (Checksum.of(placement.in(placement.storage().in(copy)).data()) != crc) {
            throw refusal(
                    "tensor " + Refusals.quote(tensor.name()) + " shares elements of "
                            + Refusals.quote(placement.storage().name())
                            + " with another tensor, or with itself, and the values given for them differ",
                    "give tied tensors the same values");
        }
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, archive.path(), detail, help);
    }
}
