/**
 * Migrations: what brings the state dicts of older checkpoints into the form that the code of today has for them. A migration is a
 * function from one state dict to another; those of a family of models stand in an order, and which of them a checkpoint has had
 * is recorded with it, so that none is applied twice.
 *
 * <p>Knows names, lazy tensors, rules and metadata; nothing of drafts and runs, and nothing of what is written. Start reading at {@link
 * io.graft.migration.CheckpointMigration}, then {@link io.graft.migration.Migrations}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.migration;

import org.apiguardian.api.API;
