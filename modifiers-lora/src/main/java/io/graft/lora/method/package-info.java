/**
 * Methods of adapting weights beside LoRA, each one class: what an adapter owns for a weight, and what the weight then is. Knows tensors and
 * settings; must not know drafts. Start reading at {@link io.graft.lora.method.AdapterMethod}.
 */
package io.graft.lora.method;
