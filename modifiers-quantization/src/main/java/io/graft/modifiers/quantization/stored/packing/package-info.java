/**
 * How layouts put codes into words and bytes. Knows schemes; must not know a layout.
 *
 * <p>Start reading at {@link io.graft.modifiers.quantization.stored.packing.RowWords}.
 */
package io.graft.modifiers.quantization.stored.packing;
