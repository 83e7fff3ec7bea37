/**
 * What readers of files share, whatever the format: reading headers byte by byte and
 * JSON token by token, bytes with a checksum, and refusing a file.
 *
 * <p>Knows streams and files, and no format. Start reading at {@link io.graft.checkpoint.bytes.ByteCursor} and
 * {@link io.graft.checkpoint.bytes.Refusals}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.bytes;

import org.apiguardian.api.API;
