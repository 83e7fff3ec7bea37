package io.graft.checkpoint.pytorch;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.distributed.DistributedCheckpoint;
import io.graft.checkpoint.pytorch.exported.ExportedProgram;
import io.graft.checkpoint.pytorch.script.ScriptModule;
import io.graft.checkpoint.pytorch.state.FoundSections;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import io.graft.checkpoint.pytorch.storage.StorageSource;
import io.graft.checkpoint.shards.ShardIndex;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.shards.ShardSet;
import io.graft.checkpoint.zip.ZipArchive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of {@code torch.save}: {@code .pt}, {@code .pth}, {@code .ckpt}, {@code .bin}, in the zip container and that of
 * before PyTorch 1.6; an index of such files, {@code pytorch_model.bin.index.json}; archives of {@code torch.jit.save},
 * whose content is {@code torchscript}; those of {@code torch.export.save}, {@code .pt2}, whose content is {@code exported};
 * and the {@code .metadata} of a distributed checkpoint, whose content is {@code distributed}.
 *
 * <p>Nothing in a file is executed, so a checkpoint of unknown origin is safe to open. Where the file has a
 * checksum of a storage, it is compared when the first of the storage's bytes is read.
 */
@AutoService(CheckpointFormat.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class PytorchFormat implements CheckpointFormat {
    static final String ID = "pytorch";

    private static final String PART = ".distcp";
    private static final int HEAD = 512;
    private static final int FRAME = 0x95;
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int END_RECORD = 0x06054b50;
    private static final int END_RECORD_SIZE = 22;

    /** As {@link java.util.ServiceLoader} needs it. */
    public PytorchFormat() {}

    @Override
    public String id() {
        return ID;
    }

    /** Accepts every zip archive that does not begin as a NumPy one, and every pickle, so that those of another kind get an error that tells their kind. */
    @Override
    public boolean recognizes(Path file, ByteBuffer head) throws IOException {
        return isIndex(file, head) || isSingle(file, head);
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        return isIndex(path, head(CheckpointFile.of(path)))
                ? ShardSet.open(path, ShardKind.PYTORCH, ID, this::single)
                : single(path);
    }

    @Override
    public Collection<String> filesBeside(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        ByteBuffer head = head(file);
        if (isIndex(path, head)) {
            return ShardIndex.read(path, ShardKind.PYTORCH).names();
        }
        return isPickle(head) && DistributedCheckpoint.begins(head) ? DistributedCheckpoint.files(file) : List.of();
    }

    private Checkpoint single(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        Refusals refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        ByteBuffer head = head(file);
        if (!isSingle(file.path(), head)) {
            throw refusals.malformed("this is not a PyTorch file");
        }
        if (!isPickle(head)) {
            return zip(file, refusals);
        }
        return DistributedCheckpoint.begins(head) ? DistributedCheckpoint.read(file, id()) : legacy(file, refusals);
    }

    private Checkpoint zip(CheckpointFile file, Refusals refusals) throws IOException {
        if (file.path().toString().endsWith(PART)) {
            throw refusals.unsupported(
                    "this is a part of a distributed checkpoint of PyTorch",
                    "give its folder, in which .metadata says where each tensor lies");
        }
        TorchArchive archive = TorchArchive.open(file);
        if (archive.isExported()) {
            return ExportedProgram.read(file, archive, refusals, id());
        }
        if (!archive.isScript()) {
            return checkpoint(file, PickledFile.in(archive, file, refusals), refusals);
        }
        try (FileChannel channel = file.open()) {
            StorageSource data = (key, wantedBy) -> archive.storage("data", key, wantedBy, channel);
            ScriptModule module = ScriptModule.read(archive, refusals);
            StorageSource constants = (key, wantedBy) -> archive.storage("constants", key, wantedBy, channel);
            Map<String, TensorEntry> tensors = NamedTensor.locate(module.tensors(), data, refusals);
            tensors.putAll(NamedTensor.locate(module.constants(), constants, refusals));
            return new Checkpoint(
                    file.path(),
                    id(),
                    "torchscript",
                    Collections.unmodifiableMap(tensors),
                    Map.of(),
                    module.warnings());
        }
    }

    private Checkpoint checkpoint(CheckpointFile file, PickledFile pickled, Refusals refusals) throws IOException {
        return FoundSections.of(pickled.root(), pickled.locating(), refusals)
                .checkpoint(file.path(), id(), Optional.empty());
    }

    private Checkpoint legacy(CheckpointFile file, Refusals refusals) throws IOException {
        return checkpoint(file, PickledFile.legacy(file, refusals), refusals);
    }

    /** What a file that is read as one object holds; empty if it is another, such as a program or an index. */
    static Optional<PickledFile> pickled(CheckpointFile file, Refusals refusals) throws IOException {
        ByteBuffer head = head(file);
        if (isIndex(file.path(), head) || !isSingle(file.path(), head) || DistributedCheckpoint.begins(head)) {
            return Optional.empty();
        }
        if (isPickle(head)) {
            return Optional.of(PickledFile.legacy(file, refusals));
        }
        TorchArchive archive = TorchArchive.open(file);
        return archive.isExported() || archive.isScript()
                ? Optional.empty()
                : Optional.of(PickledFile.in(archive, file, refusals));
    }

    private static ByteBuffer head(CheckpointFile file) throws IOException {
        int size = (int) Math.min(file.size(), HEAD);
        return file.data(0, size).window(0, size);
    }

    private static boolean isIndex(Path file, ByteBuffer head) {
        return ShardKind.ofIndex(file, head).filter(ShardKind.PYTORCH::equals).isPresent();
    }

    private static boolean isSingle(Path file, ByteBuffer head) throws IOException {
        return (startsAsZip(head) && !ZipArchive.beginsWith(head, ".npy"))
                || isPickle(head)
                || (!startsAsSafetensors(head) && endsAsZip(file));
    }

    private static boolean startsAsZip(ByteBuffer head) {
        return head.remaining() >= 4 && (head.getInt(0) == LOCAL_HEADER || head.getInt(0) == END_RECORD);
    }

    /**
     * A pickle of protocol 2 or later. A safetensors header of 640 bytes begins alike, but zeros follow there, as they do in a
     * pickle only after the mark of a frame.
     */
    private static boolean isPickle(ByteBuffer head) {
        return head.remaining() >= 3
                && (head.get(0) & 0xff) == 0x80
                && head.get(1) >= 2
                && head.get(1) <= 5
                && (head.remaining() < 9
                        || head.getInt(4) != 0
                        || ((head.get(2) & 0xff) == FRAME && !startsAsSafetensors(head)));
    }

    private static boolean startsAsSafetensors(ByteBuffer head) {
        return head.remaining() > 8 && head.get(8) == '{';
    }

    /** An archive with other bytes before it is refused with a word on that, so it must be recognised first. */
    private static boolean endsAsZip(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer end = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            return channel.size() >= END_RECORD_SIZE
                    && channel.read(end, channel.size() - END_RECORD_SIZE) == 4
                    && end.getInt(0) == END_RECORD;
        }
    }
}
