package io.graft.checkpoint.diff;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What differs between two checkpoints, {@code a} and {@code b}. Formats, containers, metadata and the order of tensors are no
 * difference.
 *
 * @param onlyInA names that {@code b} has not, in the order of {@code a}
 * @param onlyInB names that {@code a} has not, in the order of {@code b}
 * @param tensors the tensors of a name that both have, in the order of {@code a}
 */
public record CheckpointDiff(List<String> onlyInA, List<String> onlyInB, List<TensorDiff> tensors) {
    public CheckpointDiff {
        onlyInA = List.copyOf(onlyInA);
        onlyInB = List.copyOf(onlyInB);
        tensors = List.copyOf(tensors);
    }

    /**
     * Compares every tensor, in bounded memory: as it is meant; as it lies in the files, where one of them has codes that cannot be
     * read.
     *
     * @throws io.graft.checkpoint.CheckpointException if a file is at fault
     * @throws IOException if values cannot be read
     */
    public static CheckpointDiff of(Checkpoint a, Checkpoint b) throws IOException {
        boolean areReadable = a.isReadable() && b.isReadable();
        return between(areReadable ? a.tensors() : a.stored(), areReadable ? b.tensors() : b.stored());
    }

    private static CheckpointDiff between(Map<String, TensorEntry> a, Map<String, TensorEntry> b) throws IOException {
        List<String> onlyInA = new ArrayList<>();
        List<TensorDiff> tensors = new ArrayList<>();
        for (TensorEntry entry : a.values()) {
            TensorEntry counterpart = b.get(entry.name());
            if (counterpart == null) {
                onlyInA.add(entry.name());
            } else {
                tensors.add(TensorDiff.of(entry, counterpart));
            }
        }
        List<String> onlyInB =
                b.keySet().stream().filter(name -> !a.containsKey(name)).toList();
        return new CheckpointDiff(onlyInA, onlyInB, tensors);
    }

    /** Whether both hold the same tensors: names, dtypes, shapes and values. */
    public boolean isEqual() {
        return onlyInA.isEmpty() && onlyInB.isEmpty() && tensors.stream().allMatch(TensorDiff::isEqual);
    }
}
