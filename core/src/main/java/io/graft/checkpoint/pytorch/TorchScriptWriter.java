package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.pytorch.storage.Placement;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipMember;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a copy of a TorchScript archive, or of another PyTorch zip archive, in which some tensors have other values: the
 * program, the names, the shapes and the dtypes stay, every member that holds none of these tensors is the same byte for byte,
 * and nothing in the archive moves. A tensor that is a view of its storage, or tied to another one, is written through the
 * storage; values that such tensors cannot have together are refused.
 */
public final class TorchScriptWriter {
    private final Checkpoint archive;
    private final Path file;
    private final WriteOptions options;

    /** Writes the file, hashed and forced to the disk. */
    public TorchScriptWriter(Checkpoint archive, Path file) {
        this(archive, file, WriteOptions.DEFAULT);
    }

    /**
     * @param archive the opened archive
     * @param file the file to write; it must not exist, its folder must
     * @param options how; there is one file, whatever the part
     */
    public TorchScriptWriter(Checkpoint archive, Path file, WriteOptions options) {
        this.archive = archive;
        this.file = file;
        this.options = options;
    }

    /**
     * Writes the copy.
     *
     * @param tensors those with other values, by their names in the archive; the rest keep theirs
     */
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        Map<String, NewStorage> storages = new LinkedHashMap<>();
        for (OutputTensor tensor : tensors) {
            Placement placement = placement(tensor);
            storages.computeIfAbsent(placement.storage().name(), name -> new NewStorage(placement.storage()))
                    .add(tensor, placement);
        }
        ZipArchive source = ZipArchive.read(CheckpointFile.of(archive.path()), ShardKind.PYTORCH.advice());
        Path target = file.toAbsolutePath();
        PlannedFile planned = new PlannedFile(
                target.getFileName().toString(),
                pieces(source, storages.values()),
                written -> check(source, storages.values(), written));
        return new ParallelWriter(target.getParent(), options).write(List.of(planned));
    }

    /** The source with other bytes in the place of storages and of their checksums. */
    private static List<Piece> pieces(ZipArchive source, Collection<NewStorage> storages) throws IOException {
        SortedMap<Long, Piece> replaced = new TreeMap<>();
        try (FileChannel channel = source.file().open()) {
            for (NewStorage storage : storages) {
                long offset = storage.old().offset();
                ZipMember member = source.members().get(storage.old().name());
                for (long place : source.checksumsOf(member, channel)) {
                    if (place < offset) {
                        storage.requireChecksumBefore();
                    }
                    replaced.put(place, storage.checksumPiece());
                }
                replaced.put(offset, storage.piece());
            }
        }
        List<Piece> pieces = new ArrayList<>();
        long at = 0;
        for (Map.Entry<Long, Piece> place : replaced.entrySet()) {
            pieces.add(Piece.of(source.file().data(at, place.getKey() - at)));
            pieces.add(place.getValue());
            at = place.getKey() + place.getValue().length();
        }
        pieces.add(Piece.of(source.file().data(at, source.file().size() - at)));
        return pieces;
    }

    private void check(ZipArchive source, Collection<NewStorage> storages, Path written) throws IOException {
        CheckpointFile copy = CheckpointFile.of(written);
        requireSameMembers(source, ZipArchive.read(copy, ShardKind.PYTORCH.advice()));
        for (NewStorage storage : storages) {
            Optional<OutputTensor> other = storage.otherThanGiven(copy);
            if (other.isPresent()) {
                throw conflict(other.get(), storage.old());
            }
        }
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

    private CheckpointException conflict(OutputTensor tensor, StoredBytes storage) {
        return refusal(
                "tensor " + Refusals.quote(tensor.name()) + " shares elements of " + Refusals.quote(storage.name())
                        + " with another tensor, or with itself, and the values given for them differ",
                "give tied tensors the same values");
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, archive.path(), detail, help);
    }
}
