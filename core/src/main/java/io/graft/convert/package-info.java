/**
 * Writing a checkpoint in another format, under other names or with another floating-point dtype.
 *
 * <p>Knows opened checkpoints, their writers and rename rules; nothing of drafts, modifiers or configurations. Start reading at
 * {@link io.graft.convert.CheckpointConverter}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.convert;

import org.apiguardian.api.API;
