/**
 * Parameters of a live model as what trains it sees them: which selectors claim them, and their gradients.
 *
 * <p>Knows live models and DJL's arrays; must not know what parameters are claimed for. Start reading at {@link
 * io.graft.training.parameters.ParameterClaims}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.training.parameters;

import org.apiguardian.api.API;
