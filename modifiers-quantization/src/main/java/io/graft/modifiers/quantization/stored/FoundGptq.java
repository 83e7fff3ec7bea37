package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.scheme.IntegerBands;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.stream.IntStream;

/** GPTQ of 4 and 8 bits, whose groups are in order; other values get the nearest codes, which no calibration searches for. */
final class FoundGptq implements FoundLayout {
    @Override
    public String id() {
        return "gptq";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        int bits = set.bits();
        if (bits != 4 && bits != Byte.SIZE) {
            throw set.refused("Graft makes integers of 4 and 8 bits");
        }
        if (set.uses("g_idx")) {
            throw set.refused("its groups are in no order");
        }
        Expression.Owned scales = set.leaf("scales");
        int inWord = Integer.SIZE / bits;
        long outputs = set.shape().dimension(0);
        int rows = rows(set);
        if (scales.dtype() != DType.F16 || rows % inWord != 0 || outputs % inWord != 0) {
            throw set.refused("Graft makes groups and outputs that fill words, with scales of F16");
        }
        boolean isFirst = set.value()
                .anyMatch(node -> node instanceof Expression.Computed computed
                        && computed.operation() == Operation.Arithmetic.ADD
                        && computed.operands().get(0).anyMatch(set.leaf("qzeros")::equals));
        Part zeros = set.known("qzeros");
        int less = isFirst ? 1 : 0;
        boolean isSymmetric = ZeroPoints.are(zeros, ((1 << (bits - 1)) - less) * fields(bits));
        return new BandParts(
                        set.known("qweight").shape(),
                        scales,
                        set.points(),
                        IntStream.range(0, inWord).boxed().toList(),
                        less)
                .recipe(new IntegerBands(bits, rows, isSymmetric), new BandWords.Down(bits, Math.toIntExact(outputs)));
    }

    /** Inputs that share a scale. */
    static int rows(FoundSet set) {
        long columns = set.shape().dimension(1);
        return Math.toIntExact(
                set.known("scales").shape().dimension(0) == 1
                        ? columns
                        : set.spread().columns());
    }

    /** A word with a one in each of its fields. */
    static int fields(int bits) {
        return bits == Byte.SIZE ? 0x01010101 : 0x11111111;
    }
}
