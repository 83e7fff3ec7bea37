/**
 * A plan carried out on a block: what a block cannot do is refused, the rest is done, undone, or made final.
 *
 * <p>Knows plans; must not know what the block belongs to. Start reading at {@link io.graft.djl.commit.BlockChanges}, then
 * {@link io.graft.djl.commit.BlockCommit}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.commit;

import org.apiguardian.api.API;
