package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.modifiers.quantization.layout.CompressedValue;
import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.modifiers.quantization.scheme.OneScale;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.modifiers.quantization.stored.packing.OrderedColumns;
import io.graft.modifiers.quantization.stored.packing.RowWords;
import io.graft.modifiers.quantization.stored.packing.ScatteredWords;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;

/**
 * What a matrix becomes in the keys of compressed-tensors.
 *
 * @param shape of the matrix
 * @param dtype of the scales
 * @param scales their shape
 */
record CompressedParts(Shape shape, DType dtype, Shape scales) {
    static final String PACKED = "weight_packed";
    static final String WEIGHT = "weight";
    static final String SCALE = "weight_scale";
    static final String ZERO = "weight_zero_point";

    private Expression.Owned leaf(String slot, Shape shape, DType dtype) {
        return new Expression.Owned(slot, shape, dtype);
    }

    private Expression scale() {
        return cast(leaf(SCALE, scales, dtype), DType.F32);
    }

    private static Expression flat(Expression numbers) {
        return reshape(numbers, Shape.of(numbers.shape().elementCount()));
    }

    private Recipe.Making scaleOf(Integers integers) {
        return weight -> CompressedScales.scales(weight, dtype, scales, integers.isSymmetric() ? 1 : 2);
    }

    /** Scales and zero points in turn. */
    private static Expression together(Expression scales, Expression points) {
        Shape shape = scales.shape();
        Shape each = Shape.of(shape.dimension(0), shape.dimension(1), 1);
        return flat(concat(2, reshape(scales, each), reshape(points, each)));
    }

    /** Integers in words. */
    Recipe words(Integers integers) {
        RowWords packing = new RowWords(integers.bits(), integers.grid(shape).unit());
        Shape words = Shape.of(shape.dimension(0), packing.words(shape.dimension(1)));
        return words(integers, weight -> weight.codes(DType.I32, words, packing), Recipe.Laying.NONE);
    }

    /**
     * Integers in words that follow an index.
     *
     * @param words their shape
     */
    Recipe words(Integers integers, GroupedInputs inputs, Shape words) {
        int least = integers.least();
        return words(
                integers,
                weight -> new ScatteredWords(
                        weight.codes(DType.U8, shape, Packing.from(least)), 1, inputs.order(), integers.bits(), words),
                values -> new OrderedColumns(values, inputs.order()));
    }

    private Recipe words(Integers integers, Recipe.Making packed, Recipe.Laying laying) {
        Scheme scheme = integers.nearest();
        Map<String, Recipe.Making> codes = Map.of(PACKED, packed);
        if (integers.isSymmetric()) {
            return new Recipe(scheme, codes, Map.of(SCALE, scaleOf(integers)), flat(scale()), scheme::restored, laying);
        }
        long rows = shape.dimension(0);
        Shape zeros = Shape.of(CompressedScales.words(rows, integers), scales.dimension(1));
        Expression points = CompressedValue.signed(
                CompressedValue.zeroPoints(leaf(ZERO, zeros, DType.I32), integers.bits(), rows), integers.bits());
        return new Recipe(
                scheme,
                codes,
                Map.of(SCALE, scaleOf(integers), ZERO, weight -> CompressedScales.zeroWords(weight, scales, integers)),
                together(scale(), points),
                scheme::restored,
                laying);
    }

    /** Integers as bytes. */
    Recipe bytes(Integers integers) {
        Map<String, Recipe.Making> codes = Map.of(WEIGHT, weight -> weight.codes(DType.I8, shape, Packing.single()));
        if (integers.isSymmetric()) {
            return new Recipe(integers.nearest(), codes, Map.of(SCALE, scaleOf(integers)), flat(scale()));
        }
        return new Recipe(
                integers.nearest(),
                codes,
                Map.of(SCALE, scaleOf(integers), ZERO, weight -> CompressedScales.zeroBytes(weight, scales)),
                together(scale(), cast(leaf(ZERO, scales, DType.I8), DType.F32)));
    }

    /** Integers as bytes, with one scale. */
    Recipe bytesWithOneScale() {
        Scheme scheme = new OneScale(new Integers(Byte.SIZE, 0, true).nearest());
        return new Recipe(
                scheme,
                Map.of(WEIGHT, weight -> weight.codes(DType.I8, shape, Packing.single())),
                Map.of(SCALE, weight -> CompressedScales.one(weight, dtype, scales)),
                repeat(reshape(scale(), Shape.of(1)), 0, shape.dimension(0), shape.dimension(0)));
    }
}
