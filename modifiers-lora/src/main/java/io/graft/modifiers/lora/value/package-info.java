/** Tensors of an adapter's file as they are read. Knows files of adapters, and of models the tensor that one is held against. */
package io.graft.modifiers.lora.value;
