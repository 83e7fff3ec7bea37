/**
 * GGUF files of llama.cpp: a reader of headers, of tensors of plain types, and of those in blocks; a writer of files, and of blocks
 * that numbers are packed into.
 *
 * <p>Knows the format's bytes; must not know other formats, drafts or configuration. Start reading at {@link
 * io.graft.checkpoint.gguf.GgufFormat}; what a block stands for is in {@code SmallBlocks} and {@code SuperBlocks}. {@link
 * io.graft.checkpoint.gguf.GgufWriter} writes a file, {@link io.graft.checkpoint.gguf.BlockType} packs numbers, in {@code
 * SmallPacking}, {@code SuperPacking}, {@code SymmetricPacking} and {@code LevelPacking}. What a file says beside its tensors goes into another one by {@code GgufPairs}; {@code GgufModel} puts the
 * parts of a model together.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.gguf;

import org.apiguardian.api.API;
