package io.graft.migration;

/**
 * One step from an older form of a family's checkpoints to a newer one: a function over headers, since values are computed when they are
 * read. One is made of a step of {@code graft.migrations} by its constructor, which may take an options record; see {@link Migration}.
 */
@FunctionalInterface
public interface CheckpointMigration {
    /**
     * The state dict as it is afterwards. A state dict that has the newer form already is given back as it is, so that the migration may
     * meet checkpoints of which nobody recorded anything.
     *
     * @throws NotApplicableException if the checkpoint lacks what the migration needs; the checkpoint then stays as it is, which is
     *     told as a warning
     * @throws MigrationException if the checkpoint cannot be migrated, in words for the person who has it
     */
    CheckpointState migrate(CheckpointState before);
}
