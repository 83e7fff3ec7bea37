/**
 * Migrations that no list of rules can be: numbers that are computed, a segment that is inserted once, rows in another order.
 *
 * <p>Knows the state of a checkpoint only. Start reading at {@link io.graft.modifiers.migrating.FlattenMigration}.
 */
package io.graft.modifiers.migrating;
