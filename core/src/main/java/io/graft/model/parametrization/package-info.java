/**
 * Weights that are computed from other tensors: what a method says of itself, and what stands on a tensor of a model.
 *
 * <p>Knows expressions and the tensors that they need, and not the draft. Start reading at {@link
 * io.graft.model.parametrization.Parametrization}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.model.parametrization;

import org.apiguardian.api.API;
