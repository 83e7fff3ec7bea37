package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;

/** What layers hand on to each other: hidden states and, where not every position is seen, a mask. */
public final class Hidden {
    private Hidden() {}

    /**
     * A layer's hidden states, with the mask that it was given. What else it makes is given up as by {@link #of}.
     */
    public static NDList through(NDList inputs, Supplier<NDArray> layer) {
        NDList handedOn = new NDList(of(inputs, layer));
        handedOn.addAll(inputs.subNDList(1));
        return handedOn;
    }

    /**
     * What a part of a model gives. What else it makes is given up at once rather than with the whole forward, so that memory that is still
     * in the caches of the processor serves the next part; in training autograd holds what it needs.
     */
    public static NDArray of(NDList inputs, Supplier<NDArray> part) {
        try (NDManager scope = inputs.head().getManager().newSubManager()) {
            // One that is given twice, as where a part gives back what it takes, would be given up with the scope.
            Set<NDArray> given = Collections.newSetFromMap(new IdentityHashMap<>());
            given.addAll(inputs);
            given.forEach(array -> array.tempAttach(scope));
            return scope.ret(part.get());
        }
    }
}
