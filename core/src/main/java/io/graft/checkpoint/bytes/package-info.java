/**
 * Reading of headers byte by byte, which every format needs.
 *
 * <p>Knows streams and files, and no format. Start reading at {@link io.graft.checkpoint.bytes.ByteCursor}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.bytes;

import org.apiguardian.api.API;
