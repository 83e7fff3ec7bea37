package io.graft.checkpoint.shards;

import static io.graft.checkpoint.bytes.Refusals.quote;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.ShardUnion;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shards as one checkpoint, every tensor in one of them. Those of an index agree with it: a tensor that it lists lies in the shard that
 * it names, and one that it does not list is told.
 */
public final class ShardSet {
    private final Map<String, String> listed;
    private final Refusals refusals;
    private final ShardUnion union;

    private ShardSet(Map<String, String> listed, Map<String, String> metadata, Refusals refusals) {
        this.listed = listed;
        this.refusals = refusals;
        this.union = new ShardUnion(metadata);
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
            set.union.add(shard.getKey(), opened, (tensor, other) -> set.inTwo(tensor, other, shard.getKey()));
            set.tellUnlisted(shard.getKey(), opened);
        }
        // Shards that take the names of others come after the index has changed.
        file.requireUnchanged();
        set.requireWhole();
        for (String stale : locator.unlisted(files.keySet())) {
            set.union.warn("the shard " + TensorName.printable(stale)
                    + " lies beside the index, which does not name it; ignored");
        }
        return set.union.checkpoint(index, format);
    }

    private void tellUnlisted(String name, Checkpoint shard) {
        List<String> unlisted = shard.stored().keySet().stream()
                .filter(tensor -> !listed.containsKey(tensor))
                .map(TensorName::printable)
                .toList();
        if (!unlisted.isEmpty()) {
            union.warn("the shard " + TensorName.printable(name)
                    + " holds what the index does not list, which was read: " + FirstFew.names(unlisted));
        }
    }

    private CheckpointException inTwo(String tensor, String one, String other) {
        return refusals.malformed(
                "tensor " + quote(tensor) + " lies in two shards, " + quote(one) + " and " + quote(other));
    }

    private void requireWhole() {
        for (Map.Entry<String, String> entry : listed.entrySet()) {
            Optional<String> holder = union.holder(entry.getKey());
            if (!holder.equals(Optional.of(entry.getValue()))) {
                throw refusals.malformed("the index places tensor " + quote(entry.getKey()) + " in the shard "
                        + quote(entry.getValue()) + ", which lacks it"
                        + holder.map(other -> " (" + quote(other) + " holds it)")
                                .orElse(""));
            }
        }
        if (union.isEmpty()) {
            throw refusals.malformed("the file holds 0 tensors");
        }
    }
}
