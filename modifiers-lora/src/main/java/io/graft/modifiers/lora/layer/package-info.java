/**
 * What kind of layer a module is, and which way round its weight lies, by whatever tells. Knows the draft; must not know adapters. Start
 * reading at {@link io.graft.modifiers.lora.layer.LayerKinds}.
 */
package io.graft.modifiers.lora.layer;
