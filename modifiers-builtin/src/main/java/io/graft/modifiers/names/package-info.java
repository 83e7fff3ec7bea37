/**
 * Selectors in options and names in messages, as the modifiers here share them.
 *
 * <p>Knows the draft and the context, no modifier. Start reading at {@link io.graft.modifiers.names.SelectorOption}.
 */
package io.graft.modifiers.names;
