package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.core.Linear;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A product with a stored weight in inference. If the weight is computed for it, it is dropped right afterwards, so that there is never
 * more than one.
 *
 * @param codes what a kernel may multiply with; empty if none can
 * @param arrays for results in a scope
 */
record StoredProduct(
        ParametrizationStack stack,
        Optional<KernelCodes> codes,
        Function<NDManager, ParametrizationStack.Arrays> arrays) {
    /**
     * {@code input @ trunk^T + bias}, and branches.
     *
     * @param place takes what is computed on the way
     */
    NDArray of(NDArray input, @Nullable NDArray bias, List<Branch> branches, Branch.Place place) {
        NDArray output = codes.map(weight -> weight.product(input, bias, () -> dequantized(input, bias, place.scope())))
                .orElseGet(() -> dequantized(input, bias, place.scope()));
        return Branch.add(branches, output, input, false, place);
    }

    private NDArray dequantized(NDArray input, @Nullable NDArray bias, NDManager scope) {
        boolean inJava = input.getDevice().equals(Device.cpu()) && input.getDataType() == DataType.FLOAT32;
        if (inJava && stack.numbers().isPresent()) {
            return stack.numbers().get().product(input, bias, scope);
        }
        try (NDManager own = scope.newSubManager()) {
            NDArray weight = stack.trunk(arrays.apply(own)).stopGradient();
            weight.attach(own);
            return Linear.linear(input, weight, bias).singletonOrThrow();
        }
    }
}
