/** Tensors as matrices of 64-bit numbers, and back. Knows tensors; must not know adapters. */
package io.graft.modifiers.lora.matrix;
