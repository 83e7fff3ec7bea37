/**
 * What becomes of updates: they are merged into the weights, or stand on them, from where they are written as an adapter's files again. Knows
 * the draft and the kinds of updates; must not know where an update comes from, nor how its weight was found. Start reading at {@link
 * io.graft.modifiers.lora.use.UpdateUse}.
 */
package io.graft.modifiers.lora.use;
