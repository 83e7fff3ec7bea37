/**
 * The reader of distributed checkpoints: a folder whose {@code .metadata} says which part of which tensor lies where in the files
 * beside it, each of which is a row of small archives of {@code torch.save}.
 *
 * <p>Knows where the parts lie; must not know which tensors are the model's. Start reading at
 * {@link io.graft.checkpoint.pytorch.distributed.DistributedCheckpoint}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.distributed;

import org.apiguardian.api.API;
