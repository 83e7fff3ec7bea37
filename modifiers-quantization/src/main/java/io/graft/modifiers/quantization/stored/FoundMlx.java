package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.layout.MlxLayout;
import io.graft.modifiers.quantization.scheme.AffineGroups;
import io.graft.modifiers.quantization.stored.packing.BandWords;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;

/** Affine codes of MLX whose bits fill words. */
final class FoundMlx implements FoundLayout {
    private static final String SCALES = "scales";
    private static final String BIASES = "biases";

    @Override
    public String id() {
        return "mlx";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        int bits = set.number(MlxLayout.BITS);
        Expression.Owned scales = set.leaf(SCALES);
        int last = set.shape().rank() - 1;
        long group = set.shape().dimension(last) / scales.shape().dimension(last);
        if (Integer.SIZE % bits != 0 || group * bits % Integer.SIZE != 0) {
            throw set.refused("Graft makes codes of 2, 4 and 8 bits, in groups that fill words");
        }
        Part codes = set.known(set.codes());
        Shape single = Shape.of(scales.shape().elementCount(), 1);
        Expression known =
                concat(1, reshape(cast(scales, DType.F32), single), reshape(cast(set.leaf(BIASES), DType.F32), single));
        return new Recipe(
                new AffineGroups(bits, Math.toIntExact(group), scales.dtype()),
                Map.of(set.codes(), weight -> weight.codes(codes.dtype(), codes.shape(), new BandWords.Down(bits, 1))),
                Map.of(
                        SCALES, weight -> CompressedScales.scales(weight, scales.dtype(), scales.shape(), 2),
                        BIASES, weight -> CompressedScales.second(weight, scales.dtype(), scales.shape())),
                reshape(known, Shape.of(2 * scales.shape().elementCount())));
    }
}
