package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.graft.djl.array.EngineArrays;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;

/** Tensors as arrays, each read once; used by many threads. */
final class ReadTensors {
    private final NDManager manager;
    private final IdentityHashMap<LazyTensor, NDArray> arrays = new IdentityHashMap<>();

    /**
     * @param manager what owns the arrays
     */
    ReadTensors(NDManager manager) {
        this.manager = manager;
    }

    synchronized NDArray of(LazyTensor value) {
        return arrays.computeIfAbsent(value, this::read);
    }

    private NDArray read(LazyTensor value) {
        try {
            return EngineArrays.create(manager, value);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
