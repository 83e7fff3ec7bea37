/**
 * Reading a HOCON file into typed values: sources with positions, cursors, decoders, constraints, problems and their rendering.
 *
 * <p>Knows nothing of models, checkpoints or DJL. Start reading at {@link io.graft.config.Binder} and
 * {@link io.graft.config.ConfigCursor}.
 */
package io.graft.config;
