/**
 * Zip archives as containers of tensors: where each member's bytes lie, ZIP64 included, and the layout of an archive that is
 * written.
 *
 * <p>Knows the container and nothing of what its members are. Only one reading of an archive is allowed: what other readers
 * could see otherwise is refused. Start reading at {@link io.graft.checkpoint.zip.ZipArchive}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.zip;

import org.apiguardian.api.API;
