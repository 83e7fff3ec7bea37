package io.graft.checkpoint;

import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a logical tensor lies in a checkpoint as several stored ones.
 *
 * @param set what a layout says of them
 * @param stored the tensors that are the parts of the set, in its order
 * @param checkpoint the file that messages name
 */
public record Encoding(TensorSet set, List<TensorEntry> stored, Path checkpoint) {
    public Encoding {
        stored = List.copyOf(stored);
    }

    /** The stored tensors by their {@linkplain TensorSet#slot slots} in the set, codes first. */
    public Map<String, TensorEntry> parts() {
        Map<String, TensorEntry> parts = new LinkedHashMap<>();
        for (int i = 0; i < stored.size(); i++) {
            parts.put(set.slot(set.parts().get(i)), stored.get(i));
        }
        return parts;
    }

    /** How the values are stored, for people. */
    public String scheme() {
        return set.scheme();
    }

    /** The bytes that all parts take. */
    public long bytes() {
        return stored.stream().mapToLong(part -> part.data().byteCount()).sum();
    }

    /**
     * The values of the logical tensor, computed when they are read.
     *
     * @param part makes a tensor of a stored one, with its provenance
     * @return a {@link RefusedTensor} if the layout cannot be read
     */
    public LazyTensor value(Function<TensorEntry, LazyTensor> part) {
        if (set.value().isEmpty()) {
            return RefusedTensor.of(this);
        }
        return ExpressionTensors.evaluate(
                set.value().get(), "dequantized from " + set.scheme(), Optional.empty(), tensors(part));
    }

    /** The parts as tensors, by slot, of which one that holds a code for no number fails when it is read as numbers. */
    public Map<String, LazyTensor> tensors(Function<TensorEntry, LazyTensor> part) {
        Map<String, Long> codes = codes();
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        parts().forEach((slot, entry) -> tensors.put(
                slot,
                new CodeTensor(part.apply(entry), entry.name(), checkpoint, codes.getOrDefault(slot, CodeTensor.ALL))));
        return tensors;
    }

    /** By slot, how many codes stand for something: as many as the table has rows that they are looked up in. */
    private Map<String, Long> codes() {
        Map<String, Long> codes = new HashMap<>();
        set.value().ifPresent(value -> {
            for (Expression node : value.nodes()) {
                if (node instanceof Expression.Computed computed
                        && computed.operation() instanceof Operation.Lookup
                        && unmoved(computed.operands().get(1)) instanceof Expression.Owned indices) {
                    codes.merge(
                            indices.slot(), computed.operands().get(0).shape().dimension(0), Math::min);
                }
            }
        });
        return codes;
    }

    /** What elements are that only lie elsewhere. */
    private static Expression unmoved(Expression moved) {
        return moved instanceof Expression.Computed computed
                        && (computed.operation() instanceof Operation.Permute
                                || computed.operation() instanceof Operation.Reshape)
                ? unmoved(computed.operands().get(0))
                : moved;
    }
}
