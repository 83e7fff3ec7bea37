package io.graft.model.parametrization;

import io.graft.problem.FirstFew;
import io.graft.tensor.LazyTensor;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The adapter parametrizations of one name, which are saved, loaded and switched together.
 *
 * @param name a word: {@code default}
 * @param weight how much it counts; 0 if it is not active
 * @param byTensor its parametrizations by the tensor that they stand on, in the order of the state dict
 * @param bases what these tensors hold below all parametrizations, in their dtypes; one that the model came with in codes is not among them
 */
public record Adapter(String name, double weight, Map<String, Applied> byTensor, Map<String, LazyTensor> bases) {
    /** What rows of a batch that have no adapter name in the place of one; no adapter can be called so. */
    public static final String BASE = "__base__";

    public Adapter {
        byTensor = Collections.unmodifiableMap(new LinkedHashMap<>(byTensor));
        bases = Map.copyOf(bases);
    }

    /** Whether it changes anything. */
    public boolean isActive() {
        return weight != 0;
    }

    /**
     * Requires that adapters can count as they are to.
     *
     * @param known the names of all that a model has, in the order in which they came
     * @throws IllegalArgumentException if there is none of a name, or if a weight is no finite number
     */
    public static void require(Collection<String> known, Map<String, Double> weightOfAdapter) {
        weightOfAdapter.forEach((adapter, weight) -> {
            require(known, adapter);
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of the adapter `" + adapter + "` is " + weight);
            }
        });
    }

    /**
     * Requires that a model has an adapter.
     *
     * @param known the names of all that it has, in the order in which they came
     * @throws IllegalArgumentException if there is none of that name
     */
    public static void require(Collection<String> known, String adapter) {
        if (!known.contains(adapter)) {
            throw new IllegalArgumentException("the model has no adapter `" + adapter + "`; it has "
                    + (known.isEmpty() ? "none" : FirstFew.names(List.copyOf(known))));
        }
    }
}
