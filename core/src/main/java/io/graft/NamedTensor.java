package io.graft;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;

/** An input or output of a model: a tensor and what it is called. */
public record NamedTensor(String name, DType dtype, Shape shape, TensorData data) {
    /** A tensor of a checkpoint. */
    public static NamedTensor of(TensorEntry entry) {
        return new NamedTensor(entry.name(), entry.dtype(), entry.shape(), entry.data());
    }
}
