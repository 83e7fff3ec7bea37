/**
 * The settings of an adapter as merging needs them: what they say of modules and scales, and what they ask for that no plain update
 * does. Knows settings; must not know tensors or models. Start reading at {@link io.graft.modifiers.lora.config.AdapterConfig}.
 */
package io.graft.modifiers.lora.config;
