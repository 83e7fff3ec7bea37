package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.IntegerBands;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.List;

/** AWQ in the order of its GEMM kernel; other values get the nearest codes, with the scales of no activations. */
final class FoundAwq implements FoundLayout {
    private static final List<Integer> ORDER = List.of(0, 2, 4, 6, 1, 3, 5, 7);
    private static final int BITS = 4;

    @Override
    public String id() {
        return "awq";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Expression.Owned scales = set.leaf("scales");
        if (scales.dtype() != DType.F16) {
            throw set.refused("Graft makes scales of F16");
        }
        boolean isSymmetric = ZeroPoints.are(set.known("qzeros"), FoundGptq.fields(BITS) << (BITS - 1));
        return new BandParts(set.known("qweight").shape(), scales, set.points(), ORDER, 0)
                .recipe(new IntegerBands(BITS, FoundGptq.rows(set), isSymmetric), new BandWords.Across(ORDER));
    }
}
