package com.acme.rows;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.Selector;

/** Stores weights as 8-bit codes with a scale for each row. */
@Modifier("rows")
public final class RowsModelModifier implements ModelModifier {
    private final RowsOptions options;

    public RowsModelModifier(RowsOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        for (Selector selector : options.tensors()) {
            for (String name : model.select(selector).tensors()) {
                DraftTensor tensor = model.find(name).orElseThrow();
                if (tensor.shape().rank() >= 2) {
                    model.parametrize(name, Rows.of(tensor.value()));
                }
            }
        }
    }
}
