/**
 * A model that is a checkpoint and nothing else: how it is named, which of its tensors are parameters, and the draft that it begins
 * with.
 *
 * <p>Knows checkpoints and drafts; must not know runs. Start reading at {@link
 * io.graft.apply.checkpoint.CheckpointModelOpener}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.apply.checkpoint;

import org.apiguardian.api.API;
