package io.graft.modifiers.quantization;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;

/** Stores weights in few bits. */
@Modifier("quantization")
public final class QuantizationModelModifier implements ModelModifier {
    @Override
    public void apply(ModelDraft model, ModifierContext context) {}
}
