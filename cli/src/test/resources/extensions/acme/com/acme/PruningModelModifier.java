package com.acme;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;

/** Takes a tensor out of the model. */
@Modifier("acme-pruning")
public final class PruningModelModifier implements ModelModifier {
    private final PruningOptions options;

    public PruningModelModifier(PruningOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        model.remove(options.tensor());
    }
}
