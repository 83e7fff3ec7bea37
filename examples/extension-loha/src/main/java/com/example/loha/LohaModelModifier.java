package com.example.loha;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.problem.ProblemCode;
import java.util.List;

/**
 * Puts an adapter of the LoHa method on weights. They are frozen, and only the adapter is trained; it starts as no change at all.
 */
@Modifier("loha")
public final class LohaModelModifier implements ModelModifier {
    private final LohaOptions options;

    public LohaModelModifier(LohaOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        for (Match match : SelectorOption.resolveAll("tensors", options.tensors(), true, model, context)) {
            List<DraftTensor> weights = match.tensors().stream()
                    .map(name -> model.find(name).orElseThrow())
                    .filter(LohaModelModifier::isAdapted)
                    .toList();
            if (weights.isEmpty()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        match.key(),
                        "`" + match.selector() + "` selects no weight of two or more dimensions",
                        "");
            }
            for (DraftTensor weight : weights) {
                model.freeze(weight.name());
                model.parametrize(weight.name(), options.adapter(), Factors.of(weight, options));
            }
        }
    }

    private static boolean isAdapted(DraftTensor tensor) {
        return tensor.kind() == TensorKind.PARAMETER
                && tensor.owner().isEmpty()
                && tensor.dtype().isFloatingPoint()
                && tensor.shape().rank() >= 2;
    }
}
