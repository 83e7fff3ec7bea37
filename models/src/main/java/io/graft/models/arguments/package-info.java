/**
 * What factories are given, as values: arguments, over a model's own config.json.
 *
 * <p>Knows configurations; must not know a model. Start reading at {@link io.graft.models.arguments.Arguments}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.arguments;

import org.apiguardian.api.API;
