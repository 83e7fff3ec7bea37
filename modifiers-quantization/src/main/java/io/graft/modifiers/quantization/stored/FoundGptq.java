package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;

import io.graft.modifiers.quantization.layout.GptqLayout;
import io.graft.modifiers.quantization.scheme.IntegerBands;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.stored.packing.BandWords;
import io.graft.modifiers.quantization.stored.packing.OrderedColumns;
import io.graft.modifiers.quantization.stored.packing.ScatteredWords;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.util.Set;

/**
 * GPTQ of 2, 3, 4 and 8 bits, with groups in order or by an index, which stays; other values get the nearest codes, which no calibration
 * searches for.
 */
final class FoundGptq implements FoundLayout {
    private static final Set<Integer> BITS = Set.of(2, 3, 4, Byte.SIZE);

    @Override
    public String id() {
        return "gptq";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        int bits = set.number(GptqLayout.BITS);
        if (!BITS.contains(bits)) {
            throw set.refused("Graft makes integers of 2, 3, 4 and 8 bits");
        }
        Expression.Owned scales = set.leaf("scales");
        int together = BandWords.together(bits);
        int outputs = Math.toIntExact(set.shape().dimension(0));
        long inputs = set.shape().dimension(1);
        if (scales.dtype() != DType.F16 || inputs % together != 0 || outputs % together != 0) {
            throw set.refused("Graft makes inputs and outputs that fill words, with scales of F16");
        }
        boolean isSymmetric = Boolean.parseBoolean(set.setting(GptqLayout.SYMMETRIC));
        boolean areLessOne = set.setting(GptqLayout.FORMAT).equals(GptqLayout.LESS_ONE);
        Expression.Owned zeros = set.leaf("qzeros");
        Expression points = cast(GptqLayout.zeroPoints(zeros, bits, outputs, areLessOne), DType.F32);
        Shape qweight = set.known("qweight").shape();
        BandParts parts = new BandParts(qweight, scales, zeros.shape(), points, areLessOne ? 1 : 0);
        if (set.uses("g_idx")) {
            return byIndex(set, parts, bits, isSymmetric);
        }
        int group = inputs(set);
        if (group % together != 0) {
            throw set.refused("groups of " + group + " inputs do not fill words");
        }
        return parts.recipe(
                new IntegerBands(bits, group, isSymmetric), new BandWords.Down(bits, outputs), place -> place);
    }

    private static Recipe byIndex(FoundSet set, BandParts parts, int bits, boolean isSymmetric) {
        GroupedInputs inputs =
                GroupedInputs.of(set, "g_idx", parts.scales().shape().dimension(0));
        Recipe.Laying transposed = Recipe.Laying.by(Expressions::transpose);
        return parts.recipe(
                new IntegerBands(bits, inputs.size(), isSymmetric),
                weight -> new ScatteredWords(
                        weight.codes(
                                DType.U8,
                                Shape.of(inputs.order().length, set.shape().dimension(0)),
                                Packing.single()),
                        0,
                        inputs.order(),
                        bits,
                        parts.qweight()),
                place -> place,
                values -> transposed.of(new OrderedColumns(values, inputs.order())));
    }

    /** Inputs that share a scale, where groups are in order. */
    static int inputs(FoundSet set) {
        long columns = set.shape().dimension(1);
        return Math.toIntExact(
                set.known("scales").shape().dimension(0) == 1
                        ? columns
                        : set.spread().columns());
    }
}
