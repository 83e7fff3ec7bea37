/**
 * Options of LoRA: groups of keys that lie flat in the options of the modifiers, and values that PEFT's configuration has in more than one
 * form. Knows how a configuration is read and what selectors are; must not know models or adapters' files.
 */
package io.graft.modifiers.lora.options;
