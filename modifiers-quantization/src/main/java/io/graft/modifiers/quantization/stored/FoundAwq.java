package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.IntegerBands;
import io.graft.modifiers.quantization.stored.packing.BandWords;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.List;

/** AWQ in the order of its GEMM kernel; other values get the nearest codes, with the scales of no activations. */
final class FoundAwq implements FoundLayout {
    private static final List<Integer> ORDER = List.of(0, 2, 4, 6, 1, 3, 5, 7);
    private static final int BITS = 4;

    /** A word of zero points in the middle of the codes. */
    private static final int MIDDLES = 0x88888888;

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
        boolean isSymmetric = ZeroPoints.are(set.known("qzeros"), MIDDLES);
        int inputs = FoundGptq.inputs(set);
        return new BandParts(
                        set.known("qweight").shape(),
                        scales,
                        set.known("qzeros").shape(),
                        set.points(),
                        0)
                .recipe(
                        new IntegerBands(BITS, inputs, isSymmetric),
                        new BandWords.Across(ORDER),
                        place -> place / ORDER.size() * ORDER.size() + ORDER.get(place % ORDER.size()));
    }
}
