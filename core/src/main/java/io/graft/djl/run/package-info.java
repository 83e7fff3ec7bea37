/**
 * Models run on DJL's engine: a block as a whole, or for what one of its modules gives.
 *
 * <p>Knows blocks and models in memory; must not know plans, nor how models are changed. Start reading at {@link
 * io.graft.djl.run.ForwardPass}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.run;

import org.apiguardian.api.API;
