/**
 * GGUF files of llama.cpp: a reader of headers, of tensors of plain types, and of those in blocks.
 *
 * <p>Knows the format's bytes. Start reading at {@link io.graft.checkpoint.gguf.GgufFormat}; what a block stands for is in
 * {@code SmallBlocks} and {@code SuperBlocks}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.gguf;

import org.apiguardian.api.API;
