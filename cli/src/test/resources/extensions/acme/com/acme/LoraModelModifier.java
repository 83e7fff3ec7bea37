package com.acme;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;

/** Has every kind of option and every rule that options can have; changes nothing. */
@Modifier("acme-lora")
public final class LoraModelModifier implements ModelModifier {
    public LoraModelModifier(LoraOptions options) {}

    @Override
    public void apply(ModelDraft model, ModifierContext context) {}
}
