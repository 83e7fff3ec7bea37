package io.graft.checkpoint.layout;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;

/** A tensor as it lies in a file. */
public record Part(String name, DType dtype, Shape shape, TensorData data) {
    /** The name's last segment: {@code weight_scale}. */
    public String last() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The module that it belongs to; empty at the top. */
    public String module() {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** A name in the same module. */
    public String sibling(String last) {
        return name.substring(0, name.lastIndexOf('.') + 1) + last;
    }
}
