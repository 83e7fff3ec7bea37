package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.write.CheckpointWriter;
import io.graft.checkpoint.write.DiskSpace;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Writes a state dict as {@code torch.save} does, for {@code torch.load(weights_only=True)} to read: the bytes are those of
 * PyTorch, but for the archive's serialization id, which nothing needs. Every tensor is contiguous and has a storage of its
 * own.
 */
public final class PytorchWriter implements CheckpointWriter {
    private static final String TOP = "archive/";

    private final Path file;

    /** @param file the file to write; it must not exist, its folder must */
    public PytorchWriter(Path file) {
        this.file = file;
    }

    @Override
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        requireWritable(tensors);
        Archive archive = new Archive(tensors);
        DiskSpace.require(file.toAbsolutePath().getParent(), archive.layout.size());
        WrittenFile written;
        try (WrittenArchive out = WrittenArchive.create(file)) {
            archive.write(out);
            written = out.finish();
        }
        archive.requireAsPlanned(written);
        return List.of(written);
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
        private final byte[] pickle;
        private final ZipLayout layout = new ZipLayout();
        private final List<ZipLayout.Member> storages = new ArrayList<>();

        Archive(List<OutputTensor> tensors) {
            this.tensors = tensors;
            this.pickle = StateDictPickle.of(tensors);
            layout.add(TOP + "data.pkl", pickle.length);
            texts().forEach(text -> layout.add(TOP + text.name, text.bytes().length));
            for (int i = 0; i < tensors.size(); i++) {
                OutputTensor tensor = tensors.get(i);
                storages.add(layout.add(TOP + "data/" + i, tensor.dtype().byteCount(tensor.shape())));
            }
            layout.add(TOP + "version", 2);
        }

        private record Text(String name, String value) {
            byte[] bytes() {
                return value.getBytes(StandardCharsets.US_ASCII);
            }
        }

        private static List<Text> texts() {
            return List.of(
                    new Text(".format_version", "1"),
                    new Text(".storage_alignment", String.valueOf(ZipLayout.ALIGNMENT)),
                    new Text("byteorder", "little"));
        }

        void write(WrittenArchive out) throws IOException {
            Iterator<ZipLayout.Member> members = layout.members().iterator();
            List<Long> crcs = new ArrayList<>();
            crcs.add(write(out, members.next(), pickle));
            for (Text text : texts()) {
                crcs.add(write(out, members.next(), text.bytes()));
            }
            for (OutputTensor tensor : tensors) {
                ZipLayout.Member member = members.next();
                out.write(member.localHeader());
                long crc = out.write(tensor);
                out.write(member.descriptor(crc));
                crcs.add(crc);
            }
            crcs.add(write(out, members.next(), "3\n".getBytes(StandardCharsets.US_ASCII)));
            out.write(layout.directory(crcs));
        }

        private static long write(WrittenArchive out, ZipLayout.Member member, byte[] content) throws IOException {
            long crc = Checksum.of(content);
            out.write(member.localHeader());
            out.write(content);
            out.write(member.descriptor(crc));
            return crc;
        }

        /** The file as a reader finds it must be what was asked for. */
        void requireAsPlanned(WrittenFile written) throws IOException {
            List<TensorEntry> found = List.copyOf(
                    new PytorchFormat().open(written.path()).tensors().values());
            boolean same = written.bytes() == layout.size() && found.size() == tensors.size();
            for (int i = 0; same && i < found.size(); i++) {
                OutputTensor tensor = tensors.get(i);
                TensorEntry entry = found.get(i);
                ByteRange range = entry.range();
                same = entry.name().equals(tensor.name())
                        && entry.dtype() == tensor.dtype()
                        && entry.shape().equals(tensor.shape())
                        && range.offset() == storages.get(i).dataOffset()
                        && range.length() == storages.get(i).size();
            }
            if (!same) {
                throw new IOException(file + ": the file just written reads back with other tensors than were written");
            }
        }
    }
}
