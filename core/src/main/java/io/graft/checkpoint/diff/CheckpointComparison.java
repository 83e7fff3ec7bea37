package io.graft.checkpoint.diff;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * How two checkpoints are compared: in bounded memory, tensor by tensor, as the tensors are meant; as they lie in the files, where one
 * of them has codes that cannot be read.
 */
public final class CheckpointComparison {
    private final Map<String, TensorEntry> a;
    private final Map<String, TensorEntry> b;
    private final Tolerance tolerance;
    private final UnaryOperator<String> names;
    private final Predicate<String> wanted;
    private final Progress progress;

    private CheckpointComparison(
            Map<String, TensorEntry> a,
            Map<String, TensorEntry> b,
            Tolerance tolerance,
            UnaryOperator<String> names,
            Predicate<String> wanted,
            Progress progress) {
        this.a = a;
        this.b = b;
        this.tolerance = tolerance;
        this.names = names;
        this.wanted = wanted;
        this.progress = progress;
    }

    /** Every tensor, under its name, to the last bit. */
    public static CheckpointComparison of(Checkpoint a, Checkpoint b) {
        boolean areReadable = a.isReadable() && b.isReadable();
        return new CheckpointComparison(
                areReadable ? a.tensors() : a.stored(),
                areReadable ? b.tensors() : b.stored(),
                Tolerance.EXACT,
                UnaryOperator.identity(),
                name -> true,
                Progress.NONE);
    }

    /**
     * The same, where tensors of {@code a} go by other names, or are made of its tensors.
     *
     * @param tensors all that are compared, by those names; what is told of one has its own
     */
    public CheckpointComparison calling(Map<String, TensorEntry> tensors) {
        return new CheckpointComparison(tensors, b, tolerance, names, wanted, progress);
    }

    /** The tensors of {@code a} that are compared, by the names that they go by. */
    public Map<String, TensorEntry> a() {
        return a;
    }

    /** The tensors of {@code b} that are compared, by name. */
    public Map<String, TensorEntry> b() {
        return b;
    }

    /** How far values may be apart. */
    public Tolerance tolerance() {
        return tolerance;
    }

    /** The same, where values may be apart. */
    public CheckpointComparison within(Tolerance tolerated) {
        return new CheckpointComparison(a, b, tolerated, names, wanted, progress);
    }

    /**
     * The same, where tensors of {@code b} go by other names.
     *
     * @param inA gives the name that goes for {@code a} of what is called so in {@code b}
     */
    public CheckpointComparison naming(UnaryOperator<String> inA) {
        return new CheckpointComparison(a, b, tolerance, inA, wanted, progress);
    }

    /**
     * The same of a part.
     *
     * @param keys whether a tensor is compared; asked for each by its own name
     */
    public CheckpointComparison only(Predicate<String> keys) {
        return new CheckpointComparison(a, b, tolerance, names, keys, progress);
    }

    /** The same, watched while it goes on. */
    public CheckpointComparison watchedBy(Progress watcher) {
        return new CheckpointComparison(a, b, tolerance, names, wanted, watcher);
    }

    /**
     * Compares.
     *
     * @throws io.graft.checkpoint.CheckpointException if a file is at fault
     * @throws IOException if values cannot be read
     */
    public CheckpointDiff run() throws IOException {
        Map<String, TensorEntry> counterparts = new LinkedHashMap<>();
        b.values().forEach(entry -> counterparts.putIfAbsent(names.apply(entry.name()), entry));
        List<String> onlyInA = new ArrayList<>();
        List<TensorDiff> tensors = new ArrayList<>();
        Set<String> met = new HashSet<>();
        OptionalLong total = OptionalLong.of(
                a.values().stream().mapToLong(entry -> entry.data().byteCount()).sum());
        long done = 0;
        for (Map.Entry<String, TensorEntry> called : a.entrySet()) {
            TensorEntry entry = called.getValue();
            TensorEntry counterpart = counterparts.get(called.getKey());
            progress.reached("comparing", done, total);
            done += entry.data().byteCount();
            if (counterpart != null) {
                met.add(counterpart.name());
                if (wanted.test(entry.name()) || wanted.test(counterpart.name())) {
                    tensors.add(TensorDiff.of(entry, counterpart, tolerance));
                }
            } else if (wanted.test(entry.name())) {
                onlyInA.add(entry.name());
            }
        }
        progress.ended();
        List<String> onlyInB = b.keySet().stream()
                .filter(name -> !met.contains(name) && wanted.test(name))
                .toList();
        return new CheckpointDiff(onlyInA, onlyInB, tensors);
    }
}
