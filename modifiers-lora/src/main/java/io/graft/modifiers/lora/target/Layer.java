package io.graft.modifiers.lora.target;

import io.graft.layer.LayerKind;
import io.graft.model.DraftTensor;

/**
 * A layer that is adapted.
 *
 * @param module its path
 * @param path what the adapter's files call it
 * @param reason what names it
 */
public record Layer(String module, String path, String reason, DraftTensor weight, LayerKind kind) {}
