package io.graft.model.parametrization;

import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.LazyTensor;
import java.util.Map;

/**
 * Makes storages of other values for weights that lie in a checkpoint in a layout, with the settings that they have there. Found with
 * {@link java.util.ServiceLoader}.
 */
public interface StorageMaker {
    /** Whether it knows the layout of a set well enough for other values to take the place of those that lie there. */
    boolean makes(TensorSet set);

    /**
     * A storage whose tensors have the names of the set's parts.
     *
     * @param set one that it {@linkplain #makes}
     * @param parts the stored tensors by slot
     * @param values of the logical tensor's shape, not rounded; see {@link Parametrization#requantized}
     * @param allowed the most that may be {@linkplain Loss#allowed lost}
     * @throws IllegalArgumentException if it cannot hold these; the message says why, as a sentence that goes on after the tensor's name
     */
    Parametrization storage(TensorSet set, Map<String, LazyTensor> parts, LazyTensor values, double allowed);
}
