/**
 * An adapter that was trained before, as its files have it: its tensors grouped by the module that they belong to, and held against its
 * settings. Knows dialects and settings; must not know the model that it goes to. Start reading at {@link
 * io.graft.modifiers.lora.reading.AdapterTensors}.
 */
package io.graft.modifiers.lora.reading;
