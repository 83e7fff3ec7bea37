package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointWriter;
import io.graft.checkpoint.DiskSpace;
import io.graft.checkpoint.OutputTensor;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.WrittenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes tensors as one safetensors file, or as shards with an index, in memory that does not grow with them. The same
 * tensors and metadata give the same bytes, those of the reference implementation.
 *
 * <p>All sizes are known before any data are touched. Bytes of untouched tensors go from file to file without passing the
 * Java heap, and are hashed meanwhile. Each file is forced to the disk, opened again and compared with what was asked for;
 * the index comes last. On failure the folder is left as it then is: the caller owns it.
 */
public final class SafetensorsWriter implements CheckpointWriter {
    /** No limit on the size of a file, so that there is one. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String EXTENSION = ".safetensors";

    private final Path folder;
    private final String stem;
    private final long maxShardBytes;
    private final Map<String, String> metadata;

    /**
     * @param folder an existing folder, which holds no file of the names to be written
     * @param stem file name before the shard number and {@code .safetensors}: {@code model}, {@code adapter_model}
     * @param maxShardBytes most bytes of tensor data in a file, except for a single larger tensor; or {@link #UNLIMITED}
     * @param metadata texts for the header; {@code format} becomes {@code pt} whatever is given
     */
    public SafetensorsWriter(Path folder, String stem, long maxShardBytes, Map<String, String> metadata) {
        if (maxShardBytes <= 0) {
            throw new IllegalArgumentException("the size of a shard must be positive: " + maxShardBytes);
        }
        this.folder = folder;
        this.stem = stem;
        this.maxShardBytes = maxShardBytes;
        Map<String, String> sorted = new TreeMap<>(metadata);
        // transformers refuses files that do not say so.
        sorted.put("format", "pt");
        this.metadata = Collections.unmodifiableMap(sorted);
    }

    /**
     * Writes the tensors; shards are filled in their order.
     *
     * @return the files, shards in their order and the index last
     */
    @Override
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        requireWritable(tensors);
        List<OutputFile> files = layOut(tensors);
        byte[] index = files.size() == 1 ? null : index(files);
        requireSpace(files, index);
        List<WrittenFile> written = new ArrayList<>();
        for (OutputFile file : files) {
            written.add(write(file));
        }
        if (index != null) {
            written.add(writeIndex(index));
        }
        return written;
    }

    private void requireWritable(List<OutputTensor> tensors) {
        Set<String> names = new HashSet<>();
        for (OutputTensor tensor : tensors) {
            String flaw = tensor.name().equals(HeaderParser.METADATA)
                    ? "is reserved for metadata"
                    : TensorName.flaw(tensor.name());
            if (flaw == null && !names.add(tensor.name())) {
                flaw = "is given twice";
            }
            if (flaw != null) {
                throw refusal(
                        "the tensor name '" + TensorName.printable(tensor.name()) + "' " + flaw, "rename the tensor");
            }
            if (!SafetensorsTypes.isSupported(tensor.dtype())) {
                throw refusal(
                        "tensor '" + TensorName.printable(tensor.name()) + "' has dtype " + tensor.dtype()
                                + ", which safetensors files cannot hold",
                        "convert or remove the tensor");
            }
        }
    }

    private List<OutputFile> layOut(List<OutputTensor> tensors) throws IOException {
        List<List<OutputTensor>> shards = ShardPlan.divide(tensors, maxShardBytes);
        List<OutputFile> files = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            String suffix = shards.size() == 1 ? "" : String.format("-%05d-of-%05d", i + 1, shards.size());
            OutputFile file = OutputFile.of(stem + suffix + EXTENSION, shards.get(i), metadata);
            if (file.headerLength() > SafetensorsHeader.LONGEST) {
                throw refusal(
                        "the header of " + file.name() + " would take " + file.headerLength() + " bytes, more than "
                                + SafetensorsHeader.LONGEST,
                        "write smaller shards");
            }
            files.add(file);
        }
        return files;
    }

    private static byte[] index(List<OutputFile> files) throws IOException {
        Map<String, String> shards = new TreeMap<>();
        long total = 0;
        for (OutputFile file : files) {
            total += file.dataLength();
            for (OutputTensor tensor : file.tensors()) {
                shards.put(tensor.name(), file.name());
            }
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        HeaderJson.writeIndex(total, shards, json);
        return json.toByteArray();
    }

    private void requireSpace(List<OutputFile> files, byte[] index) throws IOException {
        long needed = index == null ? 0 : index.length;
        for (OutputFile file : files) {
            needed = Math.addExact(needed, file.size());
        }
        DiskSpace.require(folder, needed);
    }

    private WrittenFile write(OutputFile file) throws IOException {
        Path path = folder.resolve(file.name());
        String sha256;
        try (FileChannel channel = create(path);
                FollowingDigest digest = FollowingDigest.start(channel, file.size())) {
            OutputStream out = Channels.newOutputStream(channel);
            file.writeHeader(out);
            for (OutputTensor tensor : file.tensors()) {
                writeData(tensor, channel);
            }
            channel.force(true);
            sha256 = digest.await();
        }
        requireAsPlanned(file, path);
        return new WrittenFile(path, file.size(), sha256);
    }

    private static void writeData(OutputTensor tensor, FileChannel channel) throws IOException {
        TensorData data = tensor.data().materialize();
        long expected = tensor.dtype().byteCount(tensor.shape());
        requireBytes(tensor, expected, data.byteCount());
        long start = channel.position();
        data.transferTo(channel);
        requireBytes(tensor, expected, channel.position() - start);
    }

    private static void requireBytes(OutputTensor tensor, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException("tensor '" + TensorName.printable(tensor.name()) + "' came with " + actual
                    + " bytes, but " + tensor.dtype() + " " + tensor.shape() + " takes " + expected);
        }
    }

    private static void requireAsPlanned(OutputFile file, Path path) throws IOException {
        SafetensorsHeader found = SafetensorsHeader.read(CheckpointFile.of(path));
        if (!found.equals(file.header())) {
            throw new IOException(path + ": the file just written reads back with other tensors than were written");
        }
    }

    private WrittenFile writeIndex(byte[] json) throws IOException {
        Path path = folder.resolve(stem + ShardIndex.SUFFIX);
        try (FileChannel channel = create(path);
                FollowingDigest digest = FollowingDigest.start(channel, json.length)) {
            channel.write(ByteBuffer.wrap(json));
            channel.force(true);
            return new WrittenFile(path, json.length, digest.await());
        }
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, folder, detail, help);
    }
}
