/**
 * Reading of headers byte by byte, which every format needs.
 *
 * <p>Knows streams and files, and no format. Start reading at {@link io.graft.checkpoint.bytes.ByteCursor}.
 */
package io.graft.checkpoint.bytes;
