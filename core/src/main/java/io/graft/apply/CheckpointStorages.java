package io.graft.apply;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import java.util.Optional;

/**
 * The weights of a checkpoint as it has them, for models that are to hold them so: codes stay codes, with what belongs to them, and a
 * live layer may multiply with them.
 */
public final class CheckpointStorages {
    private final SourceCheckpoint source;
    private final StorageMakers makers = new StorageMakers();

    /**
     * @param source has the weights
     */
    public CheckpointStorages(SourceCheckpoint source) {
        this.source = source;
    }

    /**
     * A storage of a weight, whose tensors have the names that they have in the checkpoint, after that of the module.
     *
     * @param entry of the checkpoint
     * @param kernel how a layer may run integers, where it is made of such
     * @return empty if the weight is stored as its values, or as something that cannot be read
     */
    public Optional<Parametrization> of(TensorEntry entry, Form.ScaledCodes.Kernel kernel) {
        return entry.encoding()
                .filter(encoding -> encoding.set().value().isPresent())
                .map(encoding -> new LayoutStorage(
                        encoding, encoding.tensors(part -> StoredTensor.of(part, source.uri())), makers, kernel));
    }
}
