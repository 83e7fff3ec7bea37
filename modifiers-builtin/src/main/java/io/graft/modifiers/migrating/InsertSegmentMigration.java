package io.graft.modifiers.migrating;

import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives what belongs to one data set, or one head, a segment of its own in the names, as code does that has learnt to have several: {@code
 * encoder.proc.weight} becomes {@code encoder.data.proc.weight}. A name that has the segment there stays as it is.
 */
@Migration("insert-segment")
public final class InsertSegmentMigration implements CheckpointMigration {
    private final InsertSegmentOptions options;

    public InsertSegmentMigration(InsertSegmentOptions options) {
        this.options = options;
    }

    @Override
    public CheckpointState migrate(CheckpointState before) {
        Map<String, String> renamed = new LinkedHashMap<>();
        before.tensors()
                .keySet()
                .forEach(name -> inserted(name, options.after()).ifPresent(other -> renamed.put(name, other)));
        CheckpointState after = renamed.isEmpty() ? before : before.renamed(renamed);
        for (String key : before.metadata().keySet()) {
            Optional<String> other = inserted(key, options.metadata());
            if (other.isPresent()) {
                after = after.withoutMetadata(key)
                        .withMetadata(other.get(), before.metadata().get(key));
            }
        }
        return after;
    }

    private Optional<String> inserted(String name, List<String> paths) {
        return paths.stream()
                .filter(path -> name.startsWith(path + "."))
                .findFirst()
                .filter(path -> !(name + ".").startsWith(path + "." + options.segment() + "."))
                .map(path -> path + "." + options.segment() + name.substring(path.length()));
    }
}
