package io.graft.cli.diff;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeferredData;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.output.CommandException;
import io.graft.model.rules.RuleProblem;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a checkpoint as rules call them, and make them of others.
 *
 * @param tensors by the names that the rules give; each has that of the file, but for one that was made of others
 * @param notes what was done, a sentence each
 */
record RuledNames(Map<String, TensorEntry> tensors, List<String> notes) {
    /**
     * Applies the rules.
     *
     * @param compared the tensors, stored or logical
     * @throws CommandException if a rule fits nothing or cannot be followed, or two tensors get one name
     */
    static RuledNames of(Checkpoint checkpoint, Map<String, TensorEntry> compared, Rules rules) {
        if (rules.isEmpty()) {
            return new RuledNames(compared, List.of());
        }
        SourceCheckpoint source = new SourceCheckpoint("A", checkpoint);
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        compared.forEach((name, entry) -> values.put(name, source.tensor(entry)));
        RuledTensors ruled = rules.toldBy(checkpoint.configuration()).apply(values, "checkpoint A");
        for (RuleProblem problem : ruled.problems()) {
            throw new CommandException(problem.code(), "--rename: " + problem.message(), problem.help());
        }
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        for (RuledTensor tensor : ruled.tensors()) {
            String other = keys.put(tensor.name(), tensor.key());
            if (other != null) {
                throw new CommandException(
                        ProblemCode.NAME_COLLISION,
                        "--rename: `" + other + "` and `" + tensor.key() + "` of A would both be called `"
                                + tensor.name() + "`",
                        "give one of them another name");
            }
            TensorEntry entry = compared.get(tensor.key());
            if (tensor.isMoved()) {
                requireNumbers(tensor, checkpoint);
            }
            tensors.put(tensor.name(), tensor.isMoved() ? made(tensor, entry) : entry);
        }
        List<String> notes = new ArrayList<>(ruled.notes());
        if (!ruled.leftOut().isEmpty()) {
            notes.add(
                    "of A, a table leaves out " + FirstFew.names(ruled.leftOut().keySet()));
        }
        return new RuledNames(tensors, notes);
    }

    private static TensorEntry made(RuledTensor tensor, TensorEntry first) {
        LazyTensor value = tensor.value();
        return new TensorEntry(
                tensor.name(),
                value.dtype(),
                value.shape(),
                first.range(),
                new DeferredData(value.dtype(), value.shape(), value::materialize),
                first.declared());
    }

    /** Where codes are compared as they lie, elements that they stand for cannot be moved. */
    private static void requireNumbers(RuledTensor tensor, Checkpoint checkpoint) {
        Optional<String> scheme = checkpoint.isReadable()
                ? Optional.empty()
                : checkpoint.tensors().values().stream()
                        .flatMap(entry -> entry.encoding().stream())
                        .filter(encoding -> encoding.stored().stream()
                                .anyMatch(part -> tensor.keys().contains(part.name())))
                        .map(Encoding::scheme)
                        .findFirst();
        if (scheme.isPresent()) {
            throw new CommandException(
                    ProblemCode.CHECKPOINT_UNSUPPORTED,
                    "--rename: `" + tensor.key() + "` of A is stored as " + scheme.get()
                            + ", which cannot be read here, and a rule moves its elements",
                    "leave the rule out, so that codes are compared as they lie");
        }
    }
}
