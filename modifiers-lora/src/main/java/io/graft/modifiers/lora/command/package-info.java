/**
 * The commands about adapters: {@code graft lora ...}. Here arguments are parsed and results printed.
 */
package io.graft.modifiers.lora.command;
