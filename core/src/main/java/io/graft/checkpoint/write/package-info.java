/**
 * Writing checkpoint files: what is written, how it is divided, and how it reaches its place as a whole.
 *
 * <p>Knows tensors and bytes, but no format: those implement {@link io.graft.checkpoint.write.CheckpointWriter}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.checkpoint.write;

import org.apiguardian.api.API;
