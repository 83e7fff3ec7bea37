/**
 * What running a model takes and gives: the shapes and names of arguments, outputs beside those that are expected, and what is told where
 * a model cannot be run.
 *
 * <p>Knows DJL's shapes and layers; must not know how a model is run. Start reading at {@link io.graft.djl.forward.Signature}; a layer that
 * looks up rows, at {@link io.graft.djl.forward.RowLookup}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.djl.forward;

import org.apiguardian.api.API;
