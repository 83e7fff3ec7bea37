/**
 * References to checkpoints as options: how a path, a URI or an object with a digest is bound, written and described.
 *
 * <p>Knows configuration and sources of checkpoints, not the draft. Start reading at {@link io.graft.model.ref.CheckpointRefDecoder}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.model.ref;

import org.apiguardian.api.API;
