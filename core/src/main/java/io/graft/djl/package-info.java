/**
 * Live DJL models as model targets; making a block from a factory, running it, and comparing what it gives. Parametrizations run in
 * {@link io.graft.djl.ModifiedModel a modified model}: a block that wraps the model's and answers its layers with computed weights.
 *
 * <p>Knows the engine's traps; must not know any modifier by name. Start reading at {@link io.graft.djl.BlockTarget}, or at
 * {@link io.graft.djl.BlockModel} for a block that a configuration names. Below it, each knowing only those before it: {@code array}
 * and {@code swap}, {@code expression}, {@code overwrite}, {@code modified}, {@code tree}, {@code commit}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.djl;

import org.apiguardian.api.API;
