package com.acme.scaling;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import java.util.List;

/** Multiplies tensors by a factor. Tensors of other types than 32-bit floats are skipped. */
@Modifier(value = "acme-scaling", aliases = "com.acme.legacy.Scaler")
public final class ScalingModelModifier implements ModelModifier {
    private final ScalingOptions options;

    public ScalingModelModifier(ScalingOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        for (Selector selector : options.tensors()) {
            List<String> names = model.select(selector).tensors();
            if (names.isEmpty()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "tensors",
                        "`" + selector + "` matches nothing",
                        "look at the names with graft inspect");
            }
            for (String name : names) {
                scale(model, model.find(name).orElseThrow(), context);
            }
        }
        options.schedule().ifPresent(schedule -> context.warn("the schedule `" + schedule.name() + "` is not followed"));
    }

    private void scale(ModelDraft model, DraftTensor tensor, ModifierContext context) {
        if (tensor.dtype() != DType.F32) {
            context.skipped(tensor.name(), SkipReason.DTYPE_REFUSED, tensor.dtype() + " is not scaled");
            return;
        }
        double factor = options.mode() == ScalingOptions.Mode.DIVIDE ? 1 / options.factor() : options.factor();
        model.assign(tensor.name(), new ScaledTensor(tensor.value(), (float) factor));
    }
}
