/**
 * Writing a checkpoint in another format, under other names or with another floating-point dtype.
 *
 * <p>Knows opened checkpoints, their writers and rename rules; nothing of drafts, modifiers or configurations. Start reading at
 * {@link io.graft.convert.CheckpointConverter}.
 */
package io.graft.convert;
