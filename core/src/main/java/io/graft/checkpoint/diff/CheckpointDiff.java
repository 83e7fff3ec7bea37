package io.graft.checkpoint.diff;

import io.graft.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.List;

/**
 * What differs between two checkpoints, {@code a} and {@code b}. Formats, containers, metadata and the order of tensors are no
 * difference.
 *
 * @param onlyInA names that {@code b} has not, in the order of {@code a}
 * @param onlyInB names that {@code a} has not, in the order of {@code b}
 * @param tensors the tensors that both have, in the order of {@code a}
 */
public record CheckpointDiff(List<String> onlyInA, List<String> onlyInB, List<TensorDiff> tensors) {
    public CheckpointDiff {
        onlyInA = List.copyOf(onlyInA);
        onlyInB = List.copyOf(onlyInB);
        tensors = List.copyOf(tensors);
    }

    /**
     * Compares every tensor under its name and to the last bit; {@link CheckpointComparison} can more.
     *
     * @throws io.graft.checkpoint.CheckpointException if a file is at fault
     * @throws IOException if values cannot be read
     */
    public static CheckpointDiff of(Checkpoint a, Checkpoint b) throws IOException {
        return CheckpointComparison.of(a, b).run();
    }

    /** Whether both hold the same tensors: names, dtypes, shapes, and values as far as is tolerated. */
    public boolean isEqual() {
        return onlyInA.isEmpty() && onlyInB.isEmpty() && tensors.stream().allMatch(TensorDiff::isEqual);
    }

    /** Those of the tensors that differ, the worst first. */
    public List<TensorDiff> differing() {
        return tensors.stream()
                .filter(tensor -> !tensor.isEqual())
                .sorted(TensorDiff.WORST_FIRST)
                .toList();
    }
}
