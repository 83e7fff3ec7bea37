package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.layout.ComfyLayout;
import io.graft.modifiers.quantization.scheme.Float8Type;
import io.graft.modifiers.quantization.scheme.Floats8;
import io.graft.modifiers.quantization.scheme.OneScale;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.ScaleType;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** 8-bit floating-point numbers of ComfyUI with one scale, which is rounded to the dtype of the values before numbers are multiplied by it. */
final class FoundComfy implements FoundLayout {
    @Override
    public String id() {
        return "comfyui";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Optional<Float8Type> type = Stream.of(Float8Type.values())
                .filter(each -> each.dtype().name().equals(set.set().settings().get(ComfyLayout.FORMAT)))
                .findFirst();
        Shape shape = set.shape();
        int last = shape.rank() - 1;
        if (type.isEmpty() || last < 1) {
            throw set.refused("Graft makes 8-bit floating-point numbers of matrices with one scale");
        }
        Part codes = set.known(set.codes());
        Expression.Owned scale = set.beside();
        if (scale.dtype() != DType.F32) {
            throw set.refused("Graft makes a scale of F32, and `" + scale.slot() + "` is " + scale.dtype());
        }
        long rows = shape.elementCount() / Math.max(1, shape.dimension(last));
        Expression known = reshape(cast(set.spread().each(), DType.F32), Shape.of(1));
        return new Recipe(
                        new OneScale(Floats8.byRows(type.get(), ScaleType.F32), set.dtype()),
                        Map.of(set.codes(), weight -> weight.codes(codes.dtype(), codes.shape(), Packing.single())),
                        Map.of(scale.slot(), weight -> CompressedScales.one(weight, DType.F32, scale.shape())),
                        repeat(known, 0, rows, rows))
                .laid(Shape.of(rows, shape.dimension(last)));
    }
}
