/**
 * The configuration of an adapter that PEFT saved: what it says of modules and scales, and what it asks for that cannot be merged.
 * Knows one file of JSON; must not know tensors or models. Start reading at {@link io.graft.modifiers.lora.config.AdapterConfig}.
 */
package io.graft.modifiers.lora.config;
