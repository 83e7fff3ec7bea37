/**
 * GGUF files of llama.cpp: a reader of headers and of tensors of plain types.
 *
 * <p>Knows the format's bytes and nothing of how quantized blocks are put together. Start reading at
 * {@link io.graft.checkpoint.gguf.GgufFormat}.
 */
package io.graft.checkpoint.gguf;
