package io.graft.registry;

import io.graft.migration.CheckpointMigration;

/** A kind of migration: generated for each {@link io.graft.migration.Migration} class, and bound to a step of {@code graft.migrations}. */
public interface MigrationProvider extends PlugProvider<CheckpointMigration> {}
