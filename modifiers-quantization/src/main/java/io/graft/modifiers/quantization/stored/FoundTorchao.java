package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;

/** Bytes of torchao with a scale for each row; other values get the nearest ones. */
final class FoundTorchao implements FoundLayout {
    @Override
    public String id() {
        return "torchao";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Part codes = set.known(set.codes());
        Expression.Owned scale = set.leaf("_weight_scale");
        Shape shape = set.shape();
        boolean isByRows = shape.rank() == 2 && scale.shape().equals(Shape.of(shape.dimension(0), 1));
        if (codes.dtype() != DType.I8 || !isByRows || set.uses("_weight_zero_point")) {
            throw set.refused("Graft makes integers with a scale for each row and no zero points");
        }
        if (scale.dtype() != set.dtype() && scale.dtype() != DType.F32) {
            throw set.refused(
                    "its scales are " + scale.dtype() + ", which do not hold those of values of " + set.dtype());
        }
        return new Recipe(
                new Integers(Byte.SIZE, 0, true).nearest(),
                Map.of(set.codes(), weight -> weight.codes(DType.I8, shape, Packing.single())),
                Map.of(scale.slot(), weight -> CompressedScales.scales(weight, scale.dtype(), scale.shape(), 1)),
                reshape(cast(scale, DType.F32), Shape.of(shape.dimension(0))));
    }
}
