/**
 * Checkpoint files: tensor entries, formats, byte ranges. Each format has a package of its own inside, and so have writing and the
 * sources that files come from.
 *
 * <p>Knows file layouts and nothing else of Graft: no configuration, no draft, no DJL. Nothing found in a file is ever
 * executed. Start reading at {@link io.graft.checkpoint.Checkpoint}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.checkpoint;

import org.apiguardian.api.API;
