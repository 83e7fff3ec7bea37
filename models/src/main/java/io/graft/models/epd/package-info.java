/**
 * The encoder, processor and decoder of a weather model. Start reading at {@link io.graft.models.epd.EpdModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.epd;

import org.apiguardian.api.API;
