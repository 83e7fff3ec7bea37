package com.acme;

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

/** Gives weights one value, such as those of a head that is to be trained anew. */
@Modifier("resetting")
public final class ResettingModelModifier implements ModelModifier {
    private final ResettingOptions options;

    public ResettingModelModifier(ResettingOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        for (Match match : SelectorOption.resolveAll("tensors", options.tensors(), true, model, context)) {
            List<DraftTensor> weights = match.tensors().stream()
                    .map(name -> model.find(name).orElseThrow())
                    .filter(this::isReset)
                    .toList();
            if (weights.isEmpty()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        match.key(),
                        "`" + match.selector() + "` selects no parameter that can be reset",
                        "");
            }
            for (DraftTensor weight : weights) {
                model.assign(
                        weight.name(),
                        new ConstantTensor(weight.base(), options.to().value()));
            }
        }
    }

    private boolean isReset(DraftTensor tensor) {
        return tensor.kind() == TensorKind.PARAMETER
                && tensor.base().dtype().isFloatingPoint()
                && tensor.base().shape().rank() >= options.minDimensions();
    }
}
