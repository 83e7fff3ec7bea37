/**
 * How layouts put codes into words and bytes. Knows schemes; must not know a layout.
 */
package io.graft.modifiers.quantization.stored.packing;
