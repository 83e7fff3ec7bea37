/**
 * Initializing: values that start anew, or from another part of the model.
 *
 * <p>Knows the draft only. Start reading at {@link io.graft.modifiers.initializing.InitializeModelModifier}.
 */
package io.graft.modifiers.initializing;
