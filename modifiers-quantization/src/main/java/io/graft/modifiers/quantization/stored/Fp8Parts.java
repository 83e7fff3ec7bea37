package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.Floats8;
import io.graft.modifiers.quantization.scheme.OneScale;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;

/**
 * What a matrix becomes as 8-bit floating-point numbers beside scales.
 *
 * @param shape of the matrix
 * @param codes the name of the numbers after the module
 * @param scale that of the scales, their shape and their dtype
 */
record Fp8Parts(Shape shape, String codes, Expression.Owned scale) {
    private Map<String, Recipe.Making> numbers(Floats8 scheme) {
        return Map.of(codes, weight -> weight.codes(scheme.type().dtype(), shape, Packing.single()));
    }

    /**
     * With a scale for each row or block.
     *
     * @param known the scales, one after the other, as numbers
     */
    Recipe of(Floats8 scheme, Expression known) {
        return new Recipe(
                scheme,
                numbers(scheme),
                Map.of(scale.slot(), weight -> CompressedScales.scales(weight, scale.dtype(), scale.shape(), 1)),
                known);
    }

    /**
     * With one scale.
     *
     * @param known it, for each row
     */
    Recipe withOneScale(Floats8 scheme, Expression known) {
        return new Recipe(
                new OneScale(scheme),
                numbers(scheme),
                Map.of(scale.slot(), weight -> CompressedScales.one(weight, scale.dtype(), scale.shape())),
                known);
    }
}
