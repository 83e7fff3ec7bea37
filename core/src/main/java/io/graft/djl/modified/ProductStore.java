package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import org.jspecify.annotations.Nullable;

/** A store of parameters that multiplies with a weight which is not there as numbers. */
interface ProductStore {
    /**
     * {@code input @ weight^T + bias}, with everything that stands on the weight.
     *
     * @return of the input's manager
     */
    NDArray product(Parameter weight, NDArray input, @Nullable NDArray bias);
}
