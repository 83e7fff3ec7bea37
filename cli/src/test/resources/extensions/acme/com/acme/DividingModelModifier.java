package com.acme;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;

/** Has a fault. */
@Modifier("acme-dividing")
public final class DividingModelModifier implements ModelModifier {
    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        int zero = 0;
        model.rename(java.util.Map.of("part " + 1 / zero, "whole"));
    }
}
