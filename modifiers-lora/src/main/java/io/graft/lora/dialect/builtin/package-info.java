/**
 * The dialects that Graft brings: PEFT, kohya's scripts, diffusers, MLX and torchtune. One class each, with what two of them share
 * beside them.
 */
package io.graft.lora.dialect.builtin;
