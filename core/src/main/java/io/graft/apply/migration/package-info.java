/**
 * Migrations in a run: the section of the configuration, the rules that a step of it may be, and what they do to the model's draft and
 * to the checkpoints that modifiers read from.
 *
 * <p>Knows drafts and the registry; must not know runs. Start reading at {@link io.graft.apply.migration.CheckpointMigrations}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.apply.migration;

import org.apiguardian.api.API;
