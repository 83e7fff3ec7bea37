package com.example.pruning;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sets the elements of least magnitude to zero, as {@code l1_unstructured} and {@code global_unstructured} of PyTorch do. Only
 * floating-point parameters are pruned. Of elements with the same magnitude the earlier ones go first, in the order of the state
 * dict, so that the result is always the same. Shapes and dtypes stay.
 */
@Modifier("pruning")
public final class PruningModelModifier implements ModelModifier {
    private final PruningOptions options;

    public PruningModelModifier(PruningOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Set<String> selected = selected(model, context);
        if (context.failed()) {
            return;
        }
        List<DraftTensor> weights = withoutTies(selected, model);
        for (List<DraftTensor> group : options.scope().groups(weights)) {
            prune(group, model, context);
        }
    }

    private Set<String> selected(ModelDraft model, ModifierContext context) {
        Set<String> names = new HashSet<>();
        for (Match match : SelectorOption.resolveAll("tensors", options.tensors(), true, model, context)) {
            List<String> weights = match.tensors().stream()
                    .filter(name -> isWeight(model, name))
                    .toList();
            if (weights.isEmpty()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        match.key(),
                        "`" + match.selector() + "` holds no floating-point parameter of " + options.minDimensions()
                                + " or more dimensions",
                        "lower `min-dimensions`, or remove the entry");
            }
            names.addAll(weights);
        }
        return names;
    }

    private boolean isWeight(ModelDraft model, String name) {
        DraftTensor tensor = model.find(name).orElseThrow();
        DType dtype = tensor.dtype();
        return tensor.kind() == TensorKind.PARAMETER
                && dtype.isFloatingPoint()
                && dtype.bits() >= 16
                && tensor.shape().rank() >= options.minDimensions();
    }

    /** The tensors in the order of the state dict, each once, though it may have several names. */
    private static List<DraftTensor> withoutTies(Set<String> names, ModelDraft model) {
        Set<String> seen = new HashSet<>();
        List<DraftTensor> tensors = new ArrayList<>();
        for (DraftTensor tensor : model.tensors()) {
            if (names.contains(tensor.name()) && seen.add(tensor.name())) {
                seen.addAll(model.tiedTo(tensor.name()));
                tensors.add(tensor);
            }
        }
        return tensors;
    }

    private void prune(List<DraftTensor> group, ModelDraft model, ModifierContext context) {
        List<LazyTensor> originals = group.stream().map(DraftTensor::value).toList();
        long elements = originals.stream()
                .mapToLong(tensor -> tensor.shape().elementCount())
                .sum();
        long pruned = options.prunedOf(elements);
        if (pruned > elements) {
            String whose = group.size() == 1
                    ? "`" + group.get(0).name() + "` has"
                    : "the " + group.size() + " tensors together have";
            context.error(
                    ProblemCode.OUT_OF_RANGE,
                    "count",
                    pruned + " elements are to be pruned, and " + whose + " " + elements,
                    "give at most " + elements);
        } else if (pruned > 0) {
            assign(group, new LeastElements(originals, pruned), model);
        }
    }

    private static void assign(List<DraftTensor> group, LeastElements least, ModelDraft model) {
        long first = 0;
        for (DraftTensor tensor : group) {
            model.assign(tensor.name(), pruned(tensor.value(), least, first));
            first += tensor.shape().elementCount();
        }
    }

    /**
     * A tensor without its least elements.
     *
     * @param start place of its first element among those that are pruned together
     */
    private static LazyTensor pruned(LazyTensor original, LeastElements least, long start) {
        // Which elements go, the others tell.
        return LazyTensors.combine("prune", List.of(original), least.tensors(), (first, count, inputs, result) -> {
            LeastElements.Cut cut = least.cut();
            double[] from = inputs.get(0).doubles();
            double[] to = result.doubles();
            for (int i = 0; i < count; i++) {
                to[i] = cut.includes(start + first + i, from[i]) ? 0 : from[i];
            }
        });
    }
}
