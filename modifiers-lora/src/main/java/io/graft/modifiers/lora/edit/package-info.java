/**
 * What a modifier of adapters does to a draft: its edits, planned while everything is checked and done if nothing was wrong, and what it
 * found. Knows the draft and the modifier's context; must not know adapters.
 */
package io.graft.modifiers.lora.edit;
