/**
 * What adapters of the LoRA family make of a weight: one class a kind of update, each a {@link io.graft.model.parametrization.Parametrization} whose
 * expression is the formula. Knows the draft's parametrizations and expressions; must not know adapters' files or how a weight is
 * found. To add a kind, write its class here and name it in {@link io.graft.modifiers.lora.update.Arrangement}.
 */
package io.graft.modifiers.lora.update;
