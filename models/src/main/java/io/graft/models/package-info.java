/**
 * Models as their papers and original code have them, as block factories that a configuration names: the original's names, the
 * original's outputs.
 *
 * <p>Knows DJL's layers and the arguments that factories get; must not know modifiers. Start reading at {@link io.graft.models.Bert}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.models;

import org.apiguardian.api.API;
