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
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipLayout;
import io.graft.checkpoint.zip.ZipMember;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a copy of a TorchScript archive, or of another PyTorch zip archive, in which some tensors have other values: the
 * program, the names, the shapes and the dtypes stay, and every member that holds none of these tensors is the same byte for byte,
 * in the same order. A tensor that is a view of its storage, or tied to another one, is written through the storage; values that
 * such tensors cannot have together are refused. An {@link ArchiveEdit} changes other members too.
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
        return write(tensors, ArchiveEdit.NONE);
    }

    /**
     * Writes the copy, which has other members as well.
     *
     * @param tensors those with other values, by their names in the archive; the rest keep theirs
     * @throws CheckpointException if a tensor cannot have its values
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    public List<WrittenFile> write(List<OutputTensor> tensors, ArchiveEdit edit) throws IOException {
        Map<String, NewStorage> storages = new LinkedHashMap<>();
        for (OutputTensor tensor : tensors) {
            Placement placement = placement(tensor);
            storages.computeIfAbsent(placement.storage().name(), name -> new NewStorage(placement.storage()))
                    .add(tensor, placement);
        }
        ZipArchive source = ZipArchive.read(CheckpointFile.of(archive.path()), ShardKind.PYTORCH.advice());
        ArchivePieces pieces = pieces(source, storages, edit);
        Path target = file.toAbsolutePath();
        PlannedFile planned =
                pieces.planned(target.getFileName().toString(), written -> check(pieces, storages.values(), written));
        return new ParallelWriter(target.getParent(), options).write(List.of(planned));
    }

    private static ArchivePieces pieces(ZipArchive source, Map<String, NewStorage> storages, ArchiveEdit edit)
            throws IOException {
        String folder = folder(source);
        Map<String, byte[]> added = new LinkedHashMap<>(edit.contents());
        ArchivePieces pieces = new ArchivePieces();
        try (FileChannel channel = source.file().open()) {
            for (ZipMember member : source.members().values()) {
                String name =
                        member.name().startsWith(folder) ? member.name().substring(folder.length()) : member.name();
                NewStorage storage = storages.get(member.name());
                byte[] content = added.remove(name);
                if (content != null) {
                    pieces.put(member.name(), content);
                } else if (storage != null) {
                    pieces.put(member.name(), member.size(), storage::piece);
                } else if (!edit.dropped().contains(name)) {
                    pieces.keep(member, source.packed(member, channel));
                }
            }
        }
        added.forEach((name, content) -> pieces.put(folder + name, content));
        edit.storages().forEach((name, tensor) -> pieces.put(folder + name, tensor));
        return pieces;
    }

    /** The folder that all members lie in, with its slash; empty if there is none. */
    private static String folder(ZipArchive source) {
        String first = source.members().keySet().stream().findFirst().orElse("");
        return first.substring(0, first.indexOf('/') + 1);
    }

    private void check(ArchivePieces pieces, Collection<NewStorage> storages, Path written) throws IOException {
        CheckpointFile file = CheckpointFile.of(written);
        ZipArchive copy = ZipArchive.read(file, ShardKind.PYTORCH.advice());
        requireAsPlanned(pieces, copy);
        try (FileChannel channel = file.open()) {
            for (NewStorage storage : storages) {
                ZipMember member = copy.members().get(storage.old().name());
                Optional<OutputTensor> other =
                        storage.otherThanGiven(copy.stored(member, storage.old().order(), channel, ""));
                if (other.isPresent()) {
                    throw conflict(other.get(), storage.old());
                }
            }
        }
    }

    private void requireAsPlanned(ArchivePieces pieces, ZipArchive copy) throws IOException {
        List<ZipMember> found = List.copyOf(copy.members().values());
        List<ZipLayout.Member> planned = pieces.members();
        boolean same = copy.file().size() == pieces.size() && found.size() == planned.size();
        for (int i = 0; same && i < found.size(); i++) {
            ZipMember member = found.get(i);
            same = planned.get(i)
                    .equals(new ZipLayout.Member(
                            member.name(), member.method(), member.packedSize(), member.size(), member.headerOffset()));
        }
        if (!same) {
            throw new IOException(file + ": the file just written reads back with other members than were written");
        }
    }

    private Placement placement(OutputTensor tensor) throws IOException {
        TensorEntry entry = archive.stored().get(tensor.name());
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
