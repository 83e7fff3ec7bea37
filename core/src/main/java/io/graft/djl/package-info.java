/**
 * Live DJL models as model targets: the names of a native block's parameters, reading and writing them, rollback.
 *
 * <p>Knows the engine's traps; must not know any modifier by name. Start reading at {@link io.graft.djl.BlockTarget}.
 */
package io.graft.djl;
