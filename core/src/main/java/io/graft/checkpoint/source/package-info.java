/**
 * Where checkpoints come from: a location in words, the services that reach it, and the one mechanism that fetches,
 * checks and caches what lies elsewhere.
 *
 * <p>A source opens a stream from a given byte on and nothing more; retries, resuming, time-outs, digests, limits and the
 * cache are the same for all of them. Knows nothing of configuration. Start reading at
 * {@link io.graft.checkpoint.source.CheckpointFetcher}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.source;

import org.apiguardian.api.API;
