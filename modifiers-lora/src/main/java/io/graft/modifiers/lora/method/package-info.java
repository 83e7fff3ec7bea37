/**
 * Adapters of other methods than LoRA ({@link io.graft.lora.method}) put on a model, new ones and trained ones. Knows methods, and how names
 * and layers are found; must not know options. Start reading at {@link io.graft.modifiers.lora.method.MethodUpdates}.
 */
package io.graft.modifiers.lora.method;
