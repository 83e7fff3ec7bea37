/**
 * The block that runs a model with computed weights, and the layers that run in the place of others in it.
 *
 * <p>Knows parametrizations and blocks; must not know plans or names of tensors. Start reading at
 * {@link io.graft.djl.modified.ModifiedBlock}, whose {@code LiveForward} hands its layers a {@code WeightStore} that answers with the weights of a
 * {@link io.graft.djl.modified.ParametrizationStack}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.modified;

import org.apiguardian.api.API;
