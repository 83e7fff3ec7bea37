package io.graft;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.LazyTensor;

/**
 * A checkpoint that a modifier reads from.
 *
 * @param uri the name that reports give it
 * @param checkpoint its headers
 */
public record SourceCheckpoint(String uri, Checkpoint checkpoint) {
    /** One of the checkpoint's tensors, lazy and with its provenance; the values of a logical one are computed when they are read. */
    public LazyTensor tensor(TensorEntry entry) {
        return entry.encoding()
                .map(encoding -> encoding.value(part -> StoredTensor.of(part, uri)))
                .orElseGet(() -> StoredTensor.of(entry, uri));
    }
}
