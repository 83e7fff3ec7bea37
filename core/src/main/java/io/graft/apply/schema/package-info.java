/**
 * The JSON Schema of a whole configuration, put together from what Graft itself reads and what each jar brings.
 *
 * <p>Knows what is registered, and binds nothing. Start reading at {@link io.graft.apply.schema.ConfigurationSchema}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.apply.schema;

import org.apiguardian.api.API;
