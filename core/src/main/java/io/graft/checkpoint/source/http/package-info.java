/**
 * Checkpoints on web servers, with the HTTP client of the JDK.
 *
 * <p>Knows the protocol; retries, limits and the cache are the business of the package above. Loads no client before something is
 * fetched. Start reading at {@link io.graft.checkpoint.source.http.HttpSource}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.source.http;

import org.apiguardian.api.API;
