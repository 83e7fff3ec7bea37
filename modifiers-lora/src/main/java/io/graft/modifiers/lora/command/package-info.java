/**
 * The commands about adapters: {@code graft lora ...}. Here arguments are parsed and results printed.
 *
 * <p>Knows what extracts, combines, resizes and converts adapters; must not know how. Start reading at {@code LoraCommands}.
 */
package io.graft.modifiers.lora.command;
