package com.acme.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;

/** Adds low-rank updates. */
@Modifier("loha")
public final class LoraModelModifier implements ModelModifier {
    public LoraModelModifier(LoraOptions options) {}

    @Override
    public void apply(ModelDraft model, ModifierContext context) {}
}
