/**
 * Exchanging blocks of a live tree for others, in every list and field that holds them, and undoing it exactly.
 *
 * <p>Knows DJL's blocks, and nothing of plans. Start reading at {@link io.graft.djl.swap.Places}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.swap;

import org.apiguardian.api.API;
