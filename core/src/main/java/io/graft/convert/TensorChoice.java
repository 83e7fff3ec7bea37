package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selection;
import io.graft.model.tree.Selector;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tensors of a checkpoint are written: codes and scales of one weight together, whichever of their names is selected.
 *
 * @param keys what is written, by keys as the checkpoint has them; all of it if empty
 * @param exclude what of that is not
 */
public record TensorChoice(List<Selector> keys, List<Selector> exclude) {
    /** All tensors. */
    public static final TensorChoice ALL = new TensorChoice(List.of(), List.of());

    public TensorChoice {
        keys = List.copyOf(keys);
        exclude = List.copyOf(exclude);
    }

    /**
     * Leaves out what is not chosen.
     *
     * @param tensors of the checkpoint, as they are to be written
     * @return keys of those that were left out, in order
     * @throws ConversionException if a selector selects nothing, or nothing is left
     */
    List<String> removeFrom(Map<String, TensorEntry> tensors, Checkpoint input) {
        if (equals(ALL)) {
            return List.of();
        }
        Map<String, Set<String>> together = together(input);
        Set<String> all = new LinkedHashSet<>(tensors.keySet());
        all.addAll(input.tensors().keySet());
        ModuleTree tree = ModuleTree.ofNames(all);
        Set<String> chosen = new HashSet<>();
        if (keys.isEmpty()) {
            chosen.addAll(tensors.keySet());
        }
        keys.forEach(selector -> select("--keys", selector, tree, all, together).forEach(chosen::add));
        exclude.forEach(
                selector -> select("--exclude", selector, tree, all, together).forEach(chosen::remove));
        List<String> left =
                tensors.keySet().stream().filter(name -> !chosen.contains(name)).toList();
        if (left.size() == tensors.size()) {
            throw new ConversionException(
                    ProblemCode.UNMATCHED_SELECTOR, "nothing is left: --exclude selects all that --keys does", "");
        }
        left.forEach(tensors::remove);
        return left;
    }

    private static Set<String> select(
            String option, Selector selector, ModuleTree tree, Set<String> all, Map<String, Set<String>> together) {
        Selection selection = selector.select(tree);
        if (selection.tensors().isEmpty()) {
            List<String> nearest = selector.nearest(tree);
            throw new ConversionException(
                    ProblemCode.UNMATCHED_SELECTOR,
                    option + ": `" + selector + "` matches nothing in the checkpoint",
                    nearest.isEmpty()
                            ? "the checkpoint has " + FirstFew.names(new ArrayList<>(all))
                            : Suggestions.didYouMean(nearest));
        }
        Set<String> selected = new LinkedHashSet<>(selection.tensors());
        selection.tensors().forEach(name -> selected.addAll(together.getOrDefault(name, Set.of())));
        return selected;
    }

    /** The names of a quantized weight, stored and logical, by each of them. */
    private static Map<String, Set<String>> together(Checkpoint input) {
        Map<String, Set<String>> together = new HashMap<>();
        for (TensorEntry entry : input.tensors().values()) {
            entry.encoding().ifPresent(encoding -> {
                Set<String> names = new LinkedHashSet<>();
                names.add(entry.name());
                encoding.stored().forEach(part -> names.add(part.name()));
                names.forEach(name -> together.put(name, names));
            });
        }
        return together;
    }
}
