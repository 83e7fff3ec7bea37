/**
 * Freezing: parameters that training shall not change.
 *
 * <p>Knows the draft only. Start reading at {@link io.graft.modifiers.freezing.FreezingModelModifier}.
 */
package io.graft.modifiers.freezing;
