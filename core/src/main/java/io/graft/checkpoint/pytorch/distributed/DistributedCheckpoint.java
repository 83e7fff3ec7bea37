package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.state.FoundSections;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A distributed checkpoint of PyTorch, opened by its {@code .metadata}. Which of its tensors are the model's is found by the rule that
 * holds for every other file of PyTorch, on the dict that was saved. Its files are looked for at once; the archives in them are opened
 * when tensors are read.
 */
public final class DistributedCheckpoint {
    /** What {@link Checkpoint#content} tells of such a folder. */
    public static final String LAYOUT = "distributed";

    private static final String MODULE = "torch.distributed.checkpoint.metadata";

    private final CheckpointFile file;
    private final Refusals refusals;
    private final StorageMetadata metadata;
    private final ArchiveFiles archives;

    private DistributedCheckpoint(CheckpointFile file, Refusals refusals, StorageMetadata metadata) throws IOException {
        this.file = file;
        this.refusals = refusals;
        this.metadata = metadata;
        this.archives = ArchiveFiles.of(file.path(), metadata.locations(), refusals);
    }

    /**
     * Whether a pickle is the {@code .metadata} of such a checkpoint.
     *
     * @param head its first bytes
     */
    public static boolean begins(ByteBuffer head) {
        return StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString().contains(MODULE);
    }

    /**
     * Reads {@code .metadata}.
     *
     * @param format the id of the format that opens it
     * @throws CheckpointException if it is damaged, or names files that are absent, foreign or elsewhere
     */
    public static Checkpoint read(CheckpointFile file, String format) throws IOException {
        Refusals refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        return new DistributedCheckpoint(file, refusals, metadata(file, refusals)).checkpoint(format);
    }

    /**
     * The names of the files that {@code .metadata} names, which need not be there.
     *
     * @throws CheckpointException if it is damaged
     */
    public static Set<String> files(CheckpointFile file) throws IOException {
        Refusals refusals = new Refusals(file.path(), ShardKind.PYTORCH.advice());
        return metadata(file, refusals).locations().values().stream()
                .map(Location::file)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static StorageMetadata metadata(CheckpointFile file, Refusals refusals) throws IOException {
        PickleLimits limits = PickleLimits.DEFAULT;
        if (file.size() > limits.bytes()) {
            throw refusals.refused("it has " + file.size() + " bytes; at most " + limits.bytes() + " are read");
        }
        try (ByteCursor cursor = new ByteCursor(new FileSlice(file.open(), 0, file.size()), file.size())) {
            return StorageMetadata.of(new PickleReader(cursor, "the pickle", refusals, limits).read(), refusals);
        }
    }

    private Checkpoint checkpoint(String format) throws IOException {
        Mapping saved = SavedDict.of(metadata, refusals);
        return FoundSections.of(saved, this::entries, refusals).checkpoint(file.path(), format, Optional.of(LAYOUT));
    }

    private Map<String, TensorEntry> entries(Map<String, NamedTensor> tensors) throws IOException {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, NamedTensor> tensor : tensors.entrySet()) {
            NamedTensor.Plain plain = (NamedTensor.Plain) tensor.getValue();
            SavedTensor saved = metadata.tensors().get(SavedDict.name(plain.tensor()));
            entries.put(tensor.getKey(), entry(tensor.getKey(), saved));
        }
        return entries;
    }

    private TensorEntry entry(String name, SavedTensor saved) throws IOException {
        String shown = "tensor " + Refusals.quote(saved.name());
        Optional<DType> known = saved.type().flatMap(TorchTypes::ofDType);
        DType dtype = known.orElse(DType.U8);
        Shape shape = new Shape(saved.size());
        long bytes;
        try {
            bytes = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            throw refusals.refused(shown + " has the shape " + shape + ", more than can be addressed");
        }
        Optional<DeclaredKind> kind = saved.isTrained() ? Optional.of(DeclaredKind.PARAMETER) : Optional.empty();
        ByteRange none = new ByteRange(file.path(), 0, 0);
        if (known.isEmpty()) {
            String type = saved.type().map(each -> each.qualifiedName()).orElse("none that is told");
            Refusal refusal = new Refusal(
                    "is of type " + type + ", which Graft does not read",
                    "load it in Python and save it as a plain tensor");
            return new TensorEntry(
                    name, dtype, shape, none, new UnreadableData(file.path(), name, refusal, bytes), kind);
        }
        if (bytes == 0) {
            return new TensorEntry(name, dtype, shape, none, file.data(0, 0), kind);
        }
        List<ShardedData.Shard> shards = shards(shown, saved, dtype);
        if (shards.size() == 1) {
            ShardedData.Shard only = shards.get(0);
            return new TensorEntry(name, dtype, shape, only.range(), only.data(), kind);
        }
        return new TensorEntry(
                name,
                dtype,
                shape,
                shards.get(0).range(),
                new ShardedData(saved.size(), dtype.bits() / Byte.SIZE, shards, bytes),
                kind);
    }

    private List<ShardedData.Shard> shards(String shown, SavedTensor saved, DType dtype) throws IOException {
        List<Chunk> chunks = saved.chunks().stream()
                .filter(chunk -> !chunk.isEmpty())
                .sorted(Comparator.comparing(Chunk::offsets, DistributedCheckpoint::compare))
                .toList();
        String flaw = Tiling.flaw(saved.size(), chunks);
        if (!flaw.isEmpty()) {
            throw refusals.malformed("the parts of " + shown + " of shape " + saved.size() + " " + flaw);
        }
        List<ShardedData.Shard> shards = new ArrayList<>();
        for (Chunk chunk : chunks) {
            Location location = metadata.locations().get(new Location.Of(saved.name(), chunk.offsets()));
            if (location == null) {
                throw refusals.malformed(
                        "it does not say where the part of " + shown + " at " + chunk.offsets() + " lies");
            }
            CheckpointFile archive = archives.of(location, shown);
            shards.add(new ShardedData.Shard(
                    chunk,
                    new ChunkArchive(archive, location, saved.name(), dtype, new Shape(chunk.sizes())).data(),
                    new ByteRange(archive.path(), location.offset(), location.length())));
        }
        return shards;
    }

    private static int compare(List<Long> a, List<Long> b) {
        for (int d = 0; d < Math.min(a.size(), b.size()); d++) {
            int order = Long.compare(a.get(d), b.get(d));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }
}
