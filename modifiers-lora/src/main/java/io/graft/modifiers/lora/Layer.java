package io.graft.modifiers.lora;

import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.options.LayerKind;

/**
 * A layer that is adapted.
 *
 * @param module its path
 * @param path what the adapter's files call it
 * @param reason what names it
 */
record Layer(String module, String path, String reason, DraftTensor weight, LayerKind kind) {}
