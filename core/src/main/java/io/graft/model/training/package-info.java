/**
 * What an optimizer does with an entry of a state dict, and when.
 *
 * <p>Knows epochs and steps, and no optimizer. Start reading at {@link io.graft.model.training.Trainability}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.model.training;

import org.apiguardian.api.API;
