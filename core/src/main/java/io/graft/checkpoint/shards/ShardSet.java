package io.graft.checkpoint.shards;

import static io.graft.checkpoint.bytes.Refusals.quote;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shards as one checkpoint, every tensor in one of them. Those of an index agree with it: a tensor that it lists lies in the shard that
 * it names, and one that it does not list is told.
 */
public final class ShardSet {
    private final Map<String, String> listed;
    private final Refusals refusals;
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    private final Map<String, String> metadata;
    private final List<String> warnings = new ArrayList<>();

    private ShardSet(Map<String, String> listed, Map<String, String> metadata, Refusals refusals) {
        this.listed = listed;
        this.refusals = refusals;
        this.metadata = new LinkedHashMap<>(metadata);
    }

    /** Opens one file by its headers. */
    @FunctionalInterface
    public interface ShardReader {
        Checkpoint open(Path shard) throws IOException;
    }

    /**
     * Opens an index as one checkpoint. Its tensors come shard after shard, each in its own order; of metadata that several hold,
     * the index's or else the first shard's count.
     *
     * @param format the id of the format that opens it
     * @throws CheckpointException if the index or a shard is malformed or refused, or the two do not agree
     */
    public static Checkpoint open(Path index, ShardKind kind, String format, ShardReader reader) throws IOException {
        CheckpointFile file = CheckpointFile.of(index);
        ShardIndex listed = ShardIndex.read(index, kind);
        ShardLocator locator = new ShardLocator(index, kind);
        // All shards are found before the first is read.
        Map<String, Path> files = new TreeMap<>();
        for (String name : listed.names()) {
            files.put(name, locator.locate(name));
        }
        ShardSet set = new ShardSet(listed.shards(), listed.metadata(), new Refusals(index, kind.advice()));
        for (Map.Entry<String, Path> shard : files.entrySet()) {
            Checkpoint opened = reader.open(shard.getValue());
            set.add(shard.getKey(), opened);
            set.tellUnlisted(shard.getKey(), opened);
        }
        // Shards that take the names of others come after the index has changed.
        file.requireUnchanged();
        set.requireWhole();
        for (String stale : locator.unlisted(files.keySet())) {
            set.warnings.add("the shard " + TensorName.printable(stale)
                    + " lies beside the index, which does not name it; ignored");
        }
        return set.checkpoint(index, format);
    }

    private Checkpoint checkpoint(Path path, String format) {
        return new Checkpoint(
                path,
                format,
                "state_dict",
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(metadata),
                warnings);
    }

    private void tellUnlisted(String name, Checkpoint shard) {
        List<String> unlisted = shard.stored().keySet().stream()
                .filter(tensor -> !listed.containsKey(tensor))
                .map(TensorName::printable)
                .toList();
        if (!unlisted.isEmpty()) {
            warnings.add("the shard " + TensorName.printable(name)
                    + " holds what the index does not list, which was read: " + FirstFew.names(unlisted));
        }
    }

    private void add(String name, Checkpoint shard) {
        for (TensorEntry tensor : shard.stored().values()) {
            String other = holders.put(tensor.name(), name);
            if (other != null) {
                throw refusals.malformed("tensor " + quote(tensor.name()) + " lies in two shards, " + quote(other)
                        + " and " + quote(name));
            }
            tensors.put(tensor.name(), tensor);
        }
        shard.metadata().forEach(metadata::putIfAbsent);
        shard.warnings().forEach(warning -> warnings.add("the shard " + TensorName.printable(name) + ": " + warning));
    }

    private void requireWhole() {
        for (Map.Entry<String, String> entry : listed.entrySet()) {
            String holder = holders.get(entry.getKey());
            if (!entry.getValue().equals(holder)) {
                throw refusals.malformed("the index places tensor " + quote(entry.getKey()) + " in the shard "
                        + quote(entry.getValue()) + ", which lacks it"
                        + (holder == null ? "" : " (" + quote(holder) + " holds it)"));
            }
        }
        if (tensors.isEmpty()) {
            throw refusals.malformed("the file holds 0 tensors");
        }
    }
}
