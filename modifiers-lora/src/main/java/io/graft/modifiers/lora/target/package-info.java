/**
 * Which modules and parameters of a model an adapter goes to, and what kind of layer each is. Knows the draft, layers and the settings that
 * match names; must not know adapters' files, nor what becomes of an update. Start reading at {@link
 * io.graft.modifiers.lora.target.Targets}.
 */
package io.graft.modifiers.lora.target;
