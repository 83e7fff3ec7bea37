package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Selector;
import io.graft.model.TensorKind;
import io.graft.modifiers.names.SelectorOption;
import io.graft.modifiers.transfer.TransferLearningOptions.Buffers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tensors of a model are to be filled.
 *
 * @param toFill in the order of the state dict
 * @param leftOut why each of the others is not
 */
record Scope(List<DraftTensor> toFill, Map<String, Exclusion> leftOut) {
    /** Why a tensor keeps its values. */
    record Exclusion(SkipReason reason, String detail) {}

    static Scope of(TransferLearningOptions options, ModelDraft model, ModifierContext context) {
        Map<String, Selector> included = select("include", options.include(), model, context);
        Map<String, Selector> excluded = select("exclude", options.exclude(), model, context);
        List<DraftTensor> toFill = new ArrayList<>();
        Map<String, Exclusion> leftOut = new HashMap<>();
        for (DraftTensor tensor : model.tensors()) {
            String name = tensor.name();
            if (excluded.containsKey(name)) {
                leftOut.put(name, new Exclusion(SkipReason.EXCLUDED, "`exclude` has `" + excluded.get(name) + "`"));
            } else if (!options.include().isEmpty() && !included.containsKey(name)) {
                leftOut.put(name, new Exclusion(SkipReason.EXCLUDED, "not in `include`"));
            } else if (options.buffers() == Buffers.KEEP && tensor.kind() == TensorKind.BUFFER) {
                leftOut.put(name, new Exclusion(SkipReason.BUFFER_KEPT, ""));
            } else {
                toFill.add(tensor);
            }
        }
        return new Scope(List.copyOf(toFill), Map.copyOf(leftOut));
    }

    /** Why a tensor is not to be filled; empty if it is. */
    Optional<Exclusion> exclusion(String name) {
        return Optional.ofNullable(leftOut.get(name));
    }

    /** Number of elements to fill. */
    long elements() {
        return toFill.stream()
                .mapToLong(tensor -> tensor.shape().elementCount())
                .sum();
    }

    private static Map<String, Selector> select(
            String key, List<Selector> selectors, ModelDraft model, ModifierContext context) {
        Map<String, Selector> selected = new HashMap<>();
        SelectorOption.resolveAll(key, selectors, true, model, context)
                .forEach(match -> match.tensors().forEach(name -> selected.putIfAbsent(name, match.selector())));
        return selected;
    }
}
