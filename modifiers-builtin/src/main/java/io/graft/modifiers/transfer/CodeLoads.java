package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.storage.CheckpointStorages;
import io.graft.model.tree.DottedPath;
import io.graft.problem.FirstFew;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Weights of a checkpoint that stay codes in the model, as long as nothing but their module's name becomes another one. */
final class CodeLoads {
    private final SourceCheckpoint source;
    private final CheckpointStorages storages;
    private final IdentityHashMap<LazyTensor, TensorEntry> encoded = new IdentityHashMap<>();
    private final Set<String> keys = new HashSet<>();

    CodeLoads(KeptCodes kept, SourceCheckpoint source, SourceTensors tensors) {
        this.source = source;
        this.storages =
                new CheckpointStorages(kept.kernel(), source.checkpoint().configuration());
        tensors.values().forEach((name, value) -> {
            TensorEntry entry = source.checkpoint().tensors().get(tensors.keys().get(name));
            if (entry.encoding().isPresent()) {
                encoded.put(value, entry);
                keys.add(entry.name());
            }
        });
    }

    /** Has the model hold what was loaded as the checkpoint has it, and tells what it cannot. */
    void keep(List<Load> loads, ModelDraft model, ModifierContext context) {
        List<String> numbers = new ArrayList<>();
        int codes = 0;
        for (Load load : loads) {
            Optional<Parametrization> storage = storage(load, model);
            if (storage.isPresent()) {
                model.parametrize(load.target().name(), storage.get());
                codes++;
            } else if (keys.contains(load.key())) {
                numbers.add(load.target().name());
            }
        }
        if (codes == 0) {
            context.warn("`keep-codes` has no effect: nothing is loaded that the checkpoint has as codes");
        }
        if (!numbers.isEmpty()) {
            context.warn("the codes of " + FirstFew.names(numbers)
                    + " become numbers: the model has the tensor under several names or another last name, or as codes already,"
                    + " or a rule makes it of parts");
        }
    }

    private Optional<Parametrization> storage(Load load, ModelDraft model) {
        TensorEntry entry = encoded.get(load.value());
        if (entry == null) {
            return Optional.empty();
        }
        DraftTensor target = model.find(load.target().name()).orElseThrow();
        boolean fits = DottedPath.last(target.name()).equals(DottedPath.last(entry.name()))
                && target.parametrizations().isEmpty()
                && target.owner().isEmpty()
                && model.tiedTo(target.name()).isEmpty();
        return entry.encoding()
                .filter(encoding -> fits && encoding.set().value().isPresent())
                .map(encoding -> storages.of(encoding, encoding.tensors(part -> StoredTensor.of(part, source.uri()))));
    }
}
