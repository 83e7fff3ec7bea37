package io.graft.migration;

import io.graft.problem.Problem;
import java.util.List;

/**
 * A checkpoint after its migrations.
 *
 * @param uri the checkpoint, as reports name it
 * @param isModel whether it is the model itself, and not one that is read from
 * @param state its state dict, with the history among the metadata
 * @param records what became of each migration, in their order
 * @param warnings what a person should know
 */
public record Migrated(
        String uri, boolean isModel, CheckpointState state, List<MigrationRecord> records, List<Problem> warnings) {
    public Migrated {
        records = List.copyOf(records);
        warnings = List.copyOf(warnings);
    }

    /** The same, which is the model itself. */
    public Migrated ofModel() {
        return new Migrated(uri, true, state, records, warnings);
    }

    /** Whether any migration changed it. */
    public boolean hasChanges() {
        return records.stream().anyMatch(record -> record.outcome() == MigrationRecord.Outcome.APPLIED);
    }
}
