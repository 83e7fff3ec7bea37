/**
 * Trainings saved while they go on, and read to go on with.
 *
 * <p>Knows live models, optimizers and safetensors files; must not know the trainer. Start reading at {@link
 * io.graft.training.checkpoint.CheckpointSaver}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.training.checkpoint;

import org.apiguardian.api.API;
