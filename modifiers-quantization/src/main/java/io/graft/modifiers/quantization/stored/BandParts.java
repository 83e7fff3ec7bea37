package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.modifiers.quantization.scheme.IntegerBands;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * What a transposed matrix becomes in the keys that GPTQ and AWQ share.
 *
 * @param qweight the shape of the codes' words
 * @param scales {@code [groups, outputs]}
 * @param qzeros the shape of the zero points' words
 * @param points the zero points that lie there, from 0 on, {@code [groups, outputs]}
 * @param less what a zero point is stored less
 */
record BandParts(Shape qweight, Expression.Owned scales, Shape qzeros, Expression points, int less) {
    /**
     * With codes in the order in which they lie.
     *
     * @param zeroPoints how those of a group lie in words
     */
    Recipe recipe(IntegerBands scheme, Packing packing, Fields zeroPoints) {
        return recipe(
                scheme,
                weight -> weight.codes(DType.I32, qweight, packing),
                zeroPoints,
                Recipe.Laying.by(Expressions::transpose));
    }

    /** @param laying has inputs that share a scale follow each other */
    Recipe recipe(IntegerBands scheme, Recipe.Making codes, Fields zeroPoints, Recipe.Laying laying) {
        Shape each = Shape.of(scales.shape().dimension(0), scales.shape().dimension(1), 1);
        Expression together = concat(2, reshape(cast(scales, DType.F32), each), reshape(points, each));
        return new Recipe(
                scheme,
                Map.of("qweight", codes),
                Map.of(
                        "scales", weight -> CompressedScales.scales(weight, DType.F16, scales.shape(), 2),
                        "qzeros", weight -> zeros(weight, scheme.bits(), zeroPoints)),
                reshape(together, Shape.of(2 * scales.shape().elementCount())),
                scheme::restored,
                laying);
    }

    /** Which of the numbers beside each other lies in a place of their words, from the lowest bits on. */
    @FunctionalInterface
    interface Fields {
        int at(int place);
    }

    private LazyTensor zeros(QuantizedWeight weight, int bits, Fields fields) {
        int groups = Math.toIntExact(qzeros.dimension(0));
        int words = Math.toIntExact(qzeros.dimension(1));
        int outputs = Math.toIntExact(scales.shape().dimension(1));
        long mask = (1L << bits) - 1;
        return weight.ofScales("zero points", DType.I32, qzeros, all -> {
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(groups * words, Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int group = 0; group < groups; group++) {
                long held = 0;
                int filled = 0;
                for (int place = 0; place < outputs; place++) {
                    int point = (int) all[2 * (group * outputs + fields.at(place)) + 1];
                    held |= (point - less & mask) << filled;
                    filled += bits;
                    if (filled >= Integer.SIZE) {
                        bytes.putInt((int) held);
                        held >>>= Integer.SIZE;
                        filled -= Integer.SIZE;
                    }
                }
            }
            return TensorData.of(bytes.flip());
        });
    }
}
