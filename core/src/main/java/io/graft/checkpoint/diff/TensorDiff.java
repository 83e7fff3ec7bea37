package io.graft.checkpoint.diff;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Optional;

/**
 * Two tensors of one name.
 *
 * @param values how far their values are apart; empty if the shapes differ, or if only one of them is complex
 */
public record TensorDiff(
        String name, DType dtypeA, DType dtypeB, Shape shapeA, Shape shapeB, Optional<ValueDiff> values) {
    static TensorDiff of(TensorEntry a, TensorEntry b) throws IOException {
        boolean comparable = a.shape().equals(b.shape())
                && a.dtype().isComplex() == b.dtype().isComplex();
        return new TensorDiff(
                a.name(),
                a.dtype(),
                b.dtype(),
                a.shape(),
                b.shape(),
                comparable ? Optional.of(ValueComparison.of(a, b)) : Optional.empty());
    }

    /** Whether dtypes, shapes and all values are the same. */
    public boolean isEqual() {
        return dtypeA == dtypeB
                && shapeA.equals(shapeB)
                && values.map(ValueDiff::isEqual).orElse(false);
    }
}
