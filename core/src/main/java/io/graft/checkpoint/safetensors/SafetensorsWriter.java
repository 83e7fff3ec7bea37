package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.CheckpointWriter;
import io.graft.checkpoint.write.DiskSpace;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Writes tensors as one safetensors file, or as shards with an index, in memory that does not grow with them. The same
 * tensors and metadata give the same bytes, those of the reference implementation.
 *
 * <p>All sizes are known before any data are touched. Bytes of untouched tensors go from file to file without passing the
 * Java heap, computed ones are computed on every processor, and all are hashed meanwhile. Each file is opened again and
 * compared with what was asked for, and forced to the disk; the index comes last. On failure the folder is left as it then is:
 * the caller owns it.
 */
public final class SafetensorsWriter implements CheckpointWriter {
    /** No limit on the size of a file, so that there is one. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String EXTENSION = ".safetensors";

    private final Path folder;
    private final String stem;
    private final long maxShardBytes;
    private final Map<String, String> metadata;
    private final WriteOptions options;

    /** Writes every file, hashed and forced to the disk. */
    public SafetensorsWriter(Path folder, String stem, long maxShardBytes, Map<String, String> metadata) {
        this(folder, stem, maxShardBytes, metadata, WriteOptions.DEFAULT);
    }

    /**
     * @param folder an existing folder, which holds no file of the names to be written
     * @param stem file name before the shard number and {@code .safetensors}: {@code model}, {@code adapter_model}
     * @param maxShardBytes most bytes of tensor data in a file, except for a single larger tensor; or {@link #UNLIMITED}
     * @param metadata texts for the header; {@code format} becomes {@code pt} whatever is given
     */
    public SafetensorsWriter(
            Path folder, String stem, long maxShardBytes, Map<String, String> metadata, WriteOptions options) {
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
        this.options = options;
    }

    /**
     * Writes the tensors; shards are filled in their order.
     *
     * @return the files, shards in their order and the index last; of a part, its shards
     * @throws CheckpointException if a tensor's name or dtype cannot be written
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    @Override
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        List<OutputFile> files = layOut(tensors);
        List<OutputFile> mine = IntStream.range(0, files.size())
                .filter(options.part()::contains)
                .mapToObj(files::get)
                .toList();
        byte[] index = options.part().isWhole() && files.size() > 1 ? index(files) : new byte[0];
        requireSpace(mine, index.length);
        List<WrittenFile> written = writeAll(mine);
        if (index.length > 0) {
            written.add(writeIndex(index));
        }
        return written;
    }

    /** The names of all shards, whichever part writes them, in their order. */
    public List<String> shards(List<OutputTensor> tensors) throws IOException {
        return layOut(tensors).stream().map(OutputFile::name).toList();
    }

    /** Writes the index alone, which the parts leave out; nothing if there is one file only. */
    public Optional<WrittenFile> writeIndex(List<OutputTensor> tensors) throws IOException {
        List<OutputFile> files = layOut(tensors);
        return files.size() > 1 ? Optional.of(writeIndex(index(files))) : Optional.empty();
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
        requireWritable(tensors);
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

    private void requireSpace(List<OutputFile> files, long indexLength) throws IOException {
        long needed = indexLength;
        for (OutputFile file : files) {
            needed = Math.addExact(needed, file.size());
        }
        DiskSpace.require(folder, needed);
    }

    /** Writes several files at a time, for the digest of one keeps no more than a processor busy. */
    private List<WrittenFile> writeAll(List<OutputFile> files) throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        int together = Math.max(1, Math.min(processors, files.size()));
        int threads = (processors + together - 1) / together;
        WrittenFile[] written = new WrittenFile[files.size()];
        AtomicInteger next = new AtomicInteger();
        Object turn = new Object();
        Workers workers = new Workers();
        workers.run(together, () -> {
            for (int i = next.getAndIncrement();
                    i < written.length && !workers.isStopped();
                    i = next.getAndIncrement()) {
                OutputFile file = files.get(i);
                try (FileInProgress progress =
                        FileInProgress.create(folder.resolve(file.name()), file.size(), threads, options)) {
                    written[i] = progress.write(file, workers, turn);
                }
            }
        });
        return new ArrayList<>(Arrays.asList(written));
    }

    private WrittenFile writeIndex(byte[] json) throws IOException {
        try (FileInProgress file = FileInProgress.create(
                folder.resolve(stem + ShardKind.SAFETENSORS.indexEnding()), json.length, 1, options)) {
            return file.write(json);
        }
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, folder, detail, help);
    }
}
