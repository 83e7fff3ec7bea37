/**
 * Weights that lie in a checkpoint as codes, held by a model as they lie there: what reads them, and what puts other values into the same
 * layout.
 *
 * <p>Knows layouts of checkpoints and parametrizations, and not the draft. Start reading at {@link
 * io.graft.model.storage.CheckpointStorages}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.model.storage;

import org.apiguardian.api.API;
