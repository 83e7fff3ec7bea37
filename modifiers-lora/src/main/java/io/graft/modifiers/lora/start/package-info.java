/**
 * How the factors of a new adapter start: one class a rule. Knows tensors, storages and how factors lie over a weight; must not know
 * adapters or models. To add a rule, write its class here and name it in {@link io.graft.modifiers.lora.start.Start#of}.
 */
package io.graft.modifiers.lora.start;
