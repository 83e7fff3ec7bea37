package io.graft.checkpoint.diff;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;

/**
 * Two tensors that stand for one another.
 *
 * @param name in {@code a}
 * @param nameInB the name in {@code b}, which is another where prefixes or rules say so
 * @param values how far their values are apart; empty if the shapes differ, or if only one of them is complex
 * @param isEqual whether shapes are the same, values no further apart than is tolerated, and dtypes the same; where something is
 *     tolerated, of floating-point dtypes only the values count
 */
public record TensorDiff(
        String name,
        String nameInB,
        DType dtypeA,
        DType dtypeB,
        Shape shapeA,
        Shape shapeB,
        Optional<ValueDiff> values,
        boolean isEqual) {
    /** The worst first: what cannot be compared, then the largest distance of values. */
    static final Comparator<TensorDiff> WORST_FIRST = Comparator.comparingDouble(
                    (TensorDiff diff) -> diff.values.map(ValueDiff::maxAbsolute).orElse(Double.NaN))
            .reversed();

    static TensorDiff of(TensorEntry a, TensorEntry b, Tolerance tolerance) throws IOException {
        boolean comparable = a.shape().equals(b.shape())
                && a.dtype().isComplex() == b.dtype().isComplex();
        Optional<ValueDiff> values = comparable ? Optional.of(ValueComparison.of(a, b, tolerance)) : Optional.empty();
        boolean alike = a.dtype() == b.dtype()
                || (!tolerance.isExact()
                        && a.dtype().isFloatingPoint()
                        && b.dtype().isFloatingPoint());
        return new TensorDiff(
                a.name(),
                b.name(),
                a.dtype(),
                b.dtype(),
                a.shape(),
                b.shape(),
                values,
                alike && values.map(ValueDiff::isWithin).orElse(false));
    }
}
