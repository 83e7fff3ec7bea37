package io.graft.apply.features;

import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.List;

/**
 * Features that were written.
 *
 * @param module canonical path of the module whose outputs they are
 * @param rows how many, along the first axis of each tensor
 * @param tensors what the file holds: the module's outputs, named {@code 0}, {@code 1}, ..., then what was kept
 * @param replaced whether the file took the place of another one
 */
public record FeatureReport(String module, long rows, List<Tensor> tensors, WrittenFile file, boolean replaced) {
    public FeatureReport {
        tensors = List.copyOf(tensors);
    }

    /** A tensor of the file. */
    public record Tensor(String name, DType dtype, Shape shape) {}
}
