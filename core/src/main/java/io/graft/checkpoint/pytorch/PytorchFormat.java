package io.graft.checkpoint.pytorch;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.PickleValue.TensorValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files of {@code torch.save}: {@code .pt}, {@code .pth}, {@code .ckpt}, {@code .bin}. Reads the zip container
 * and that of before PyTorch 1.6; recognises TorchScript archives and says what to do with them.
 *
 * <p>Nothing in a file is executed, so a checkpoint of unknown origin is safe to open. Where the file has a
 * checksum of a storage, it is compared when the first of the storage's bytes is read.
 */
@AutoService(CheckpointFormat.class)
public final class PytorchFormat implements CheckpointFormat {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int END_RECORD = 0x06054b50;
    private static final int END_RECORD_SIZE = 22;

    @Override
    public String id() {
        return "pytorch";
    }

    /** Accepts every zip archive and every pickle, so that those of another kind get an error that tells their kind. */
    @Override
    public boolean recognizes(Path file, ByteBuffer head) throws IOException {
        return startsAsZip(head) || isPickle(head) || (!startsAsSafetensors(head) && endsAsZip(file));
    }

    @Override
    public Checkpoint open(Path path) {
        Faults faults = new Faults(path);
        try {
            CheckpointFile file = CheckpointFile.of(path);
            faults = new Faults(file.path());
            int headSize = (int) Math.min(file.size(), 512);
            return isPickle(file.data(0, headSize).window(0, headSize)) ? legacy(file, faults) : zip(file, faults);
        } catch (IOException unreadable) {
            throw faults.unreadable(unreadable);
        }
    }

    private Checkpoint zip(CheckpointFile file, Faults faults) throws IOException {
        TorchArchive archive = TorchArchive.open(file);
        PickleValue root = archive.readPickle(PickleLimits.DEFAULT);
        try (FileChannel channel = file.open()) {
            return checkpoint(file, root, (key, wantedBy) -> archive.storage(key, wantedBy, channel), faults);
        }
    }

    private Checkpoint legacy(CheckpointFile file, Faults faults) throws IOException {
        LegacyContainer container = LegacyContainer.open(file, PickleLimits.DEFAULT);
        return checkpoint(file, container.root(), (key, wantedBy) -> container.storage(key, wantedBy, faults), faults);
    }

    private Checkpoint checkpoint(CheckpointFile file, PickleValue root, StorageSource storages, Faults faults)
            throws IOException {
        ModelState state = ModelState.find(root, faults);
        TensorResolver resolver = new TensorResolver(storages, faults);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, TensorValue> tensor : state.tensors().entrySet()) {
            tensors.put(tensor.getKey(), resolver.resolve(tensor.getKey(), tensor.getValue()));
        }
        return new Checkpoint(
                file.path(),
                id(),
                state.layout(),
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(state.metadata()),
                state.warnings());
    }

    private static boolean startsAsZip(ByteBuffer head) {
        return head.remaining() >= 4 && (head.getInt(0) == LOCAL_HEADER || head.getInt(0) == END_RECORD);
    }

    /** A pickle of protocol 2 or later. A safetensors header of 640 bytes begins alike, but zeros follow there. */
    private static boolean isPickle(ByteBuffer head) {
        return head.remaining() >= 3
                && (head.get(0) & 0xff) == 0x80
                && head.get(1) >= 2
                && head.get(1) <= 5
                && (head.remaining() < 9 || head.getInt(4) != 0);
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
