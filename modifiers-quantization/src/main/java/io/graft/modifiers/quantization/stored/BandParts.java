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
import java.util.List;
import java.util.Map;

/**
 * What a transposed matrix becomes in the keys that GPTQ and AWQ share.
 *
 * @param qweight the shape of the codes' words
 * @param scales {@code [groups, outputs]}
 * @param points the zero points that lie there, from 0 on, of the same shape
 * @param order in which the zero points of a word lie, lowest bits first
 * @param less what a zero point is stored less
 */
record BandParts(Shape qweight, Expression.Owned scales, Expression points, List<Integer> order, int less) {
    Recipe recipe(IntegerBands scheme, Packing packing) {
        Shape each = Shape.of(scales.shape().dimension(0), scales.shape().dimension(1), 1);
        Expression together = concat(2, reshape(cast(scales, DType.F32), each), reshape(points, each));
        return new Recipe(
                scheme,
                Map.of("qweight", weight -> weight.codes(DType.I32, qweight, packing)),
                Map.of(
                        "scales", weight -> CompressedScales.scales(weight, DType.F16, scales.shape(), 2),
                        "qzeros", weight -> zeros(weight, scheme)),
                reshape(together, Shape.of(2 * scales.shape().elementCount())),
                scheme::restored,
                Expressions::transpose);
    }

    private LazyTensor zeros(QuantizedWeight weight, IntegerBands scheme) {
        int inWord = Integer.SIZE / scheme.bits();
        long groups = scales.shape().dimension(0);
        int outputs = Math.toIntExact(scales.shape().dimension(1));
        int words = outputs / inWord;
        int mask = (1 << scheme.bits()) - 1;
        return weight.ofScales("zero points", DType.I32, Shape.of(groups, words), all -> {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(groups * words * Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int group = 0; group < groups; group++) {
                for (int at = 0; at < outputs; at += inWord) {
                    int word = 0;
                    for (int i = 0; i < inWord; i++) {
                        int point = (int) all[2 * (group * outputs + at + order.get(i)) + 1];
                        word |= ((point - less) & mask) << (i * scheme.bits());
                    }
                    bytes.putInt(word);
                }
            }
            return TensorData.of(bytes.flip());
        });
    }
}
