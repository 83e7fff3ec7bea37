/**
 * Checkpoints in several files: the index that names them, and what has to hold between it and the shards.
 *
 * <p>Knows how shards and their indexes are called, and not how a shard is read. Start reading at
 * {@link io.graft.checkpoint.shards.ShardSet}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.shards;

import org.apiguardian.api.API;
