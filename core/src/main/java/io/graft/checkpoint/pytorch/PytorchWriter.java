package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a state dict, or a dict that holds one, as {@code torch.save} does, for {@code torch.load(weights_only=True)} to read: the bytes are those of
 * PyTorch, but for the archive's serialization id, which nothing needs. Every tensor is contiguous and fills a storage, which the
 * names of one tensor have in common.
 */
public final class PytorchWriter {
    private static final String TOP = "archive/";

    private final Path file;
    private final WriteOptions options;

    /** Writes the file, hashed and forced to the disk. */
    public PytorchWriter(Path file) {
        this(file, WriteOptions.DEFAULT);
    }

    /**
     * @param file the file to write; it must not exist, its folder must
     * @param options how; there is one file, whatever the part
     */
    public PytorchWriter(Path file, WriteOptions options) {
        this.file = file;
        this.options = options;
    }

    /**
     * Writes the state dict.
     *
     * @return the file
     * @throws CheckpointException if a tensor's name or dtype cannot be written, or there is no tensor
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        Archive archive = archive(tensors);
        return write(archive, StateDictPickle.of(tensors, archive.keys.keys()), archive::requireAsPlanned);
    }

    /**
     * Writes a dict, such as one that holds the state of an optimizer beside that of a model.
     *
     * @param dict {@link OutputTensor}s, whose names are for messages, and texts, booleans, numbers, and null, in maps and lists
     * @return the file
     * @throws IllegalArgumentException if there is another value
     * @throws CheckpointException if a tensor's name or dtype cannot be written, or there is no tensor
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    public List<WrittenFile> write(Map<String, ?> dict) throws IOException {
        Archive archive = archive(DictPickle.tensors(dict));
        return write(archive, DictPickle.of(dict, archive.keys.keys()), archive::requireReadable);
    }

    private Archive archive(List<OutputTensor> tensors) {
        requireWritable(tensors);
        return new Archive(tensors);
    }

    private List<WrittenFile> write(Archive archive, byte[] pickle, PlannedFile.Check check) throws IOException {
        Path target = file.toAbsolutePath();
        archive.put(pickle);
        PlannedFile planned = archive.pieces.planned(target.getFileName().toString(), check);
        return new ParallelWriter(target.getParent(), options).write(List.of(planned));
    }

    private void requireWritable(List<OutputTensor> tensors) {
        if (tensors.isEmpty()) {
            throw refusal("there is no tensor to write", "leave one at least");
        }
        Set<String> names = new HashSet<>();
        for (OutputTensor tensor : tensors) {
            String flaw = TensorName.flaw(tensor.name());
            if (flaw == null && !names.add(tensor.name())) {
                flaw = "is given twice";
            }
            String quoted = Refusals.quote(tensor.name());
            if (flaw != null) {
                throw refusal("the tensor name " + quoted + " " + flaw, "rename the tensor");
            }
            if (TorchTypes.storageOf(tensor.dtype()).isEmpty()
                    && TorchTypes.untypedName(tensor.dtype()).isEmpty()) {
                throw refusal(
                        "tensor " + quoted + " has dtype " + tensor.dtype() + ", which PyTorch files cannot hold",
                        "convert or remove the tensor");
            }
        }
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, file, detail, help);
    }

    /** The members in the order in which {@code torch.save} writes them. */
    private final class Archive {
        private final List<OutputTensor> tensors;
        private final StorageKeys keys;
        private final ArchivePieces pieces = new ArchivePieces();
        private final List<ZipLayout.Member> storages = new ArrayList<>();

        Archive(List<OutputTensor> tensors) {
            this.tensors = tensors;
            this.keys = StorageKeys.of(tensors);
        }

        void put(byte[] pickle) {
            pieces.put(TOP + "data.pkl", pickle);
            add(".format_version", "1");
            add(".storage_alignment", String.valueOf(ZipLayout.ALIGNMENT));
            add("byteorder", "little");
            for (int i = 0; i < keys.owners().size(); i++) {
                storages.add(pieces.put(TOP + "data/" + i, keys.owners().get(i)));
            }
            add("version", "3\n");
        }

        private void add(String name, String text) {
            pieces.put(TOP + name, text.getBytes(StandardCharsets.US_ASCII));
        }

        /** The file must be complete, and a reader must find the storages. */
        void requireReadable(Path written) throws IOException {
            new PytorchFormat().open(written);
            if (Files.size(written) != pieces.size()) {
                throw new IOException(file + ": the file just written has another size than was planned");
            }
        }

        /** The file as a reader finds it must be what was asked for. */
        void requireAsPlanned(Path written) throws IOException {
            List<TensorEntry> found =
                    List.copyOf(new PytorchFormat().open(written).tensors().values());
            boolean same = Files.size(written) == pieces.size() && found.size() == tensors.size();
            for (int i = 0; same && i < found.size(); i++) {
                OutputTensor tensor = tensors.get(i);
                TensorEntry entry = found.get(i);
                ByteRange range = entry.range();
                ZipLayout.Member storage = storages.get(keys.keys().get(i));
                same = entry.name().equals(tensor.name())
                        && entry.dtype() == tensor.dtype()
                        && entry.shape().equals(tensor.shape())
                        && range.offset() == storage.dataOffset()
                        && range.length() == storage.size();
            }
            if (!same) {
                throw new IOException(file + ": the file just written reads back with other tensors than were written");
            }
        }
    }
}
