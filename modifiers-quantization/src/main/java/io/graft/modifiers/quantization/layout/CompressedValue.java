package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Optional;

/** What the stored tensors of compressed-tensors stand for: the one formula, be they read or written. */
public final class CompressedValue {
    private CompressedValue() {}

    /** Codes in words, as numbers from 0 on: {@code [rows, columns]}. */
    public static Expression codes(Expression words, int bits, long columns) {
        return Codes.lowFirst(words, bits, columns);
    }

    /**
     * Zero points in words, which go on along the rows.
     *
     * @param words {@code [words of all rows, groups]}
     * @return {@code [rows, groups]}
     */
    public static Expression zeroPoints(Expression words, int bits, long rows) {
        return transpose(Codes.lowFirst(transpose(words), bits, rows));
    }

    /**
     * Codes less zero points times scales.
     *
     * @param points of the shape of the scales, or a number
     * @param scales {@code [rows, groups]}
     * @param dtype what the product is rounded to
     */
    public static Expression product(Expression codes, Expression points, Expression scales, DType dtype) {
        long columns = codes.shape().dimension(1);
        return product(codes, points, scales, Groups.of(columns / scales.shape().dimension(1), columns), dtype);
    }

    static Expression product(Expression codes, Expression points, Expression scales, Groups columns, DType dtype) {
        Expression zeros = points.shape().rank() < 2 ? points : columns.over(points);
        return cast(multiply(subtract(codes, zeros), columns.over(scales)), dtype);
    }

    /**
     * Symmetric codes, before their products are rounded.
     *
     * @param codes signed, {@code [rows, columns]}
     * @param scales {@code [rows, groups]}
     */
    public static IntegerCodes integers(Expression codes, int bits, Expression scales) {
        long rows = codes.shape().dimension(0);
        long groups = scales.shape().dimension(1);
        if (groups == 1) {
            return new IntegerCodes(codes, bits, List.of(scales));
        }
        Shape grouped = Shape.of(rows, groups, codes.shape().dimension(1) / groups);
        return new IntegerCodes(reshape(codes, grouped), bits, List.of(reshape(scales, Shape.of(rows, groups, 1))));
    }

    /**
     * Codes with zero points, before their products are rounded.
     *
     * @param codes from 0 on, {@code [rows, columns]}
     * @param points of the shape of the scales
     * @param scales {@code [rows, groups]}
     */
    public static IntegerCodes integers(Expression codes, int bits, Expression points, Expression scales) {
        long columns = codes.shape().dimension(1);
        return new Affine(codes, bits, columns / scales.shape().dimension(1), scales).lessPoints(points);
    }

    /**
     * Bytes with zero points, before their products are rounded.
     *
     * @param codes signed, {@code [rows, columns]}
     * @param points of the shape of the scales
     * @param scales {@code [rows, 1]}, or one number
     */
    public static IntegerCodes bytes(Expression codes, Expression points, Expression scales) {
        Expression offset = multiply(multiply(cast(points, DType.F32), constant(-1)), cast(scales, DType.F32));
        return new IntegerCodes(codes, Byte.SIZE, List.of(scales), Optional.of(offset));
    }

    /** Codes from 0 on as signed ones. */
    public static Expression signed(Expression codes, int bits) {
        return subtract(codes, constant(1 << (bits - 1)));
    }
}
