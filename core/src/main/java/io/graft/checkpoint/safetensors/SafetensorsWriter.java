package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes tensors as one safetensors file, or as shards with an index, in memory that does not grow with them. The same
 * tensors and metadata give the same bytes, those of the reference implementation.
 *
 * <p>All sizes are known before any data are touched. Each file is opened again and compared with what was asked for; the index
 * comes last. On failure the folder is left as it then is: the caller owns it.
 */
public final class SafetensorsWriter {
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
    public List<WrittenFile> write(List<OutputTensor> tensors) throws IOException {
        List<Shard> shards = shards(tensors);
        List<PlannedFile> planned = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            if (options.part().contains(i)) {
                planned.add(layOut(shards.get(i)).planned());
            }
        }
        if (options.part().isWhole() && shards.size() > 1) {
            planned.add(index(shards));
        }
        return writer().write(planned);
    }

    /**
     * The names of all files, whichever part writes them: shards in their order and the index last.
     *
     * @throws CheckpointException if a tensor's name or dtype cannot be written
     */
    public List<String> names(List<OutputTensor> tensors) {
        List<String> names =
                new ArrayList<>(shards(tensors).stream().map(Shard::name).toList());
        if (names.size() > 1) {
            names.add(stem + ShardKind.SAFETENSORS.indexEnding());
        }
        return names;
    }

    /** Writes the index alone, which the parts leave out; nothing if there is one file only. */
    public Optional<WrittenFile> writeIndex(List<OutputTensor> tensors) throws IOException {
        List<Shard> shards = shards(tensors);
        return shards.size() > 1
                ? Optional.of(writer().write(List.of(index(shards))).get(0))
                : Optional.empty();
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

    private record Shard(String name, List<OutputTensor> tensors) {}

    private List<Shard> shards(List<OutputTensor> tensors) {
        requireWritable(tensors);
        List<List<OutputTensor>> divided = ShardPlan.divide(tensors, maxShardBytes);
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < divided.size(); i++) {
            String suffix =
                    divided.size() == 1 ? "" : String.format(Locale.ROOT, "-%05d-of-%05d", i + 1, divided.size());
            shards.add(new Shard(stem + suffix + EXTENSION, divided.get(i)));
        }
        return shards;
    }

    private OutputFile layOut(Shard shard) throws IOException {
        OutputFile file = OutputFile.of(shard.name(), shard.tensors(), metadata);
        if (file.headerLength() > SafetensorsHeader.LONGEST) {
            throw refusal(
                    "the header of " + shard.name() + " would take " + file.headerLength() + " bytes, more than "
                            + SafetensorsHeader.LONGEST,
                    "write smaller shards");
        }
        return file;
    }

    private PlannedFile index(List<Shard> shards) throws IOException {
        Map<String, String> places = new TreeMap<>();
        long total = 0;
        for (Shard shard : shards) {
            for (OutputTensor tensor : shard.tensors()) {
                places.put(tensor.name(), shard.name());
                total += tensor.dtype().byteCount(tensor.shape());
            }
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        HeaderJson.writeIndex(total, places, json);
        return PlannedFile.of(stem + ShardKind.SAFETENSORS.indexEnding(), json.toByteArray());
    }

    private ParallelWriter writer() {
        return new ParallelWriter(folder, options);
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, folder, detail, help);
    }
}
