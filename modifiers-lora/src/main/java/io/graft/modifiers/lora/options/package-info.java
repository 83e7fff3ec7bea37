/**
 * Values of the options of LoRA that PEFT's configuration has in more than one form. Knows how a configuration is read; must not know
 * models or adapters' files.
 */
package io.graft.modifiers.lora.options;
