package io.graft;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.LazyTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint that a modifier reads from.
 *
 * @param uri the name that reports give it
 * @param checkpoint its headers
 * @param folder where it lies on this machine, before links are followed; empty if it was fetched from elsewhere
 * @param migrated values of tensors that migrations gave their names, by those names
 */
public record SourceCheckpoint(
        String uri, Checkpoint checkpoint, Optional<Path> folder, Map<String, LazyTensor> migrated) {
    public SourceCheckpoint {
        migrated = Map.copyOf(migrated);
    }

    /** A checkpoint as it lies there. */
    public SourceCheckpoint(String uri, Checkpoint checkpoint, Optional<Path> folder) {
        this(uri, checkpoint, folder, Map.of());
    }

    /** A checkpoint of which it does not matter what lies beside it. */
    public SourceCheckpoint(String uri, Checkpoint checkpoint) {
        this(uri, checkpoint, Optional.empty());
    }

    /** One of the checkpoint's tensors, lazy and with its provenance; the values of a logical one are computed when they are read. */
    public LazyTensor tensor(TensorEntry entry) {
        LazyTensor made = migrated.get(entry.name());
        if (made != null) {
            return made;
        }
        if (entry.encoding().isPresent()) {
            return entry.encoding().get().value(part -> StoredTensor.of(part, uri));
        }
        return entry.refusal().isPresent() ? RefusedTensor.of(entry, checkpoint.path()) : StoredTensor.of(entry, uri);
    }
}
