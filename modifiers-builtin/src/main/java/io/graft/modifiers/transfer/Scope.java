package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.SkipReason;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.TransferLearningOptions.Buffers;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tensors of a model are to be filled. One that has several names is to be filled once, under any of those that are in the
 * scope.
 *
 * @param toFill in the order of the state dict, each by its first name in the scope
 * @param firstNames those by the others
 * @param leftOut why each of the others is not
 */
record Scope(List<DraftTensor> toFill, Map<String, String> firstNames, Map<String, Exclusion> leftOut) {
    /**
     * Why a tensor keeps its values.
     *
     * @param named whether somebody named it, rather than others
     */
    record Exclusion(SkipReason reason, String detail, boolean named) {}

    static Scope of(TransferLearningOptions options, ModelDraft model, ModifierContext context) {
        Map<String, Selector> included = select("include", options.include(), model, context);
        Map<String, Selector> excluded = select("exclude", options.exclude(), model, context);
        Map<String, Selector> refreshed = refreshed(options, model, context);
        List<DraftTensor> toFill = new ArrayList<>();
        Map<String, String> firstNames = new HashMap<>();
        Map<String, Exclusion> leftOut = new HashMap<>();
        for (DraftTensor tensor : model.tensors()) {
            String name = tensor.name();
            if (excluded.containsKey(name)) {
                leftOut.put(
                        name, new Exclusion(SkipReason.EXCLUDED, "`exclude` has `" + excluded.get(name) + "`", true));
            } else if (refreshed.containsKey(name)) {
                leftOut.put(
                        name,
                        new Exclusion(
                                SkipReason.EXCLUDED,
                                "`refresh` keeps `" + refreshed.get(name) + "` of the model",
                                false));
            } else if (!options.include().isEmpty() && !included.containsKey(name)) {
                leftOut.put(name, new Exclusion(SkipReason.EXCLUDED, "not in `include`", false));
            } else if (options.buffers() == Buffers.KEEP && tensor.kind() == TensorKind.BUFFER) {
                leftOut.put(name, new Exclusion(SkipReason.BUFFER_KEPT, "", false));
            } else if (!firstNames.containsKey(name)) {
                toFill.add(tensor);
                model.tiedTo(name).forEach(other -> firstNames.put(other, name));
            }
        }
        return new Scope(List.copyOf(toFill), Map.copyOf(firstNames), Map.copyOf(leftOut));
    }

    private static Map<String, Selector> refreshed(
            TransferLearningOptions options, ModelDraft model, ModifierContext context) {
        Map<String, Selector> kept = new HashMap<>();
        options.refresh().ifPresent(refresh -> {
            keep("refresh.states", refresh.keptStates(), model, context, kept);
            keep("refresh.tendencies", refresh.keptTendencies(), model, context, kept);
        });
        return kept;
    }

    /** A model has rarely all of them. */
    private static void keep(
            String key,
            List<Selector> selectors,
            ModelDraft model,
            ModifierContext context,
            Map<String, Selector> kept) {
        boolean isAny = false;
        for (Selector selector : selectors) {
            List<String> tensors = model.select(selector).tensors();
            isAny |= !tensors.isEmpty();
            tensors.forEach(name -> kept.putIfAbsent(name, selector));
        }
        if (!selectors.isEmpty() && !isAny) {
            context.warn(key + ": the model has none of "
                    + FirstFew.names(selectors.stream().map(Selector::toString).toList()));
        }
    }

    /** The name that a tensor is to be filled by, whichever of its names is given. */
    String firstName(String name) {
        return firstNames.getOrDefault(name, name);
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
