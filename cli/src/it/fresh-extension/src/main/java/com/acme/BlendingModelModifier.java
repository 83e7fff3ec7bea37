package com.acme;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Blends a model's weights with those of another checkpoint, name by name. */
@Modifier("blending")
public final class BlendingModelModifier implements ModelModifier {
    private final BlendingOptions options;

    public BlendingModelModifier(BlendingOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        SourceCheckpoint other = context.open(options.checkpointPath());
        Set<String> done = new HashSet<>();
        for (DraftTensor tensor : model.tensors()) {
            boolean isWeight =
                    tensor.kind() == TensorKind.PARAMETER && tensor.dtype().isFloatingPoint();
            if (isWeight && done.add(tensor.name())) {
                // One tensor under several names is blended once.
                done.addAll(model.tiedTo(tensor.name()));
                blend(tensor, other, model, context);
            }
        }
    }

    private void blend(DraftTensor tensor, SourceCheckpoint other, ModelDraft model, ModifierContext context) {
        TensorEntry entry = other.checkpoint().tensors().get(tensor.name());
        if (entry == null) {
            context.missing(tensor.name());
        } else if (!entry.shape().equals(tensor.shape())) {
            context.skipped(
                    entry.name(),
                    SkipReason.SHAPE_MISMATCH,
                    entry.shape() + " in the checkpoint, " + tensor.shape() + " in the model");
        } else {
            model.assign(tensor.name(), blended(tensor.value(), other.tensor(entry)));
        }
    }

    private LazyTensor blended(LazyTensor here, LazyTensor there) {
        double share = options.share();
        return LazyTensors.combine("blend", List.of(here, there), (first, count, inputs, result) -> {
            double[] from = inputs.get(0).doubles();
            double[] to = inputs.get(1).doubles();
            double[] blend = result.doubles();
            for (int i = 0; i < count; i++) {
                blend[i] = from[i] + share * (to[i] - from[i]);
            }
        });
    }
}
