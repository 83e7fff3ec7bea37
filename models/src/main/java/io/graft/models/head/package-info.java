/**
 * The last layer of a model, alone. Start reading at {@link io.graft.models.head.HeadModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.head;

import org.apiguardian.api.API;
