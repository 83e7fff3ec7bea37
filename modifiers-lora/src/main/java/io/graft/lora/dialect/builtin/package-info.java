/**
 * The dialects that Graft brings: PEFT, kohya's scripts, diffusers, MLX and torchtune. One class each, with what two of them share
 * beside them.
 *
 * <p>Knows the keys and settings of each tool's files; must not know how an adapter stands on a model. Start reading at {@link
 * io.graft.lora.dialect.builtin.PeftDialect}.
 */
package io.graft.lora.dialect.builtin;
