package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Optional;

/**
 * Codes from 0 on whose groups of columns have a scale, and a number that is subtracted before or added after it, as kernels take them:
 * signed, with an offset. What is read of the stored tensors is the value; this is what it is in real numbers.
 *
 * @param codes {@code [rows, columns]}, of 1 to 8 bits
 * @param size columns of a group
 * @param scales {@code [rows, groups]}
 */
record Affine(Expression codes, int bits, long size, Expression scales) {
    /**
     * Of groups that lie beside each other, all of the same size; empty if they do not.
     *
     * @param codes {@code [rows, columns]}, of 1 to 8 bits
     */
    static Optional<Affine> of(Expression codes, int bits, Groups columns, Expression scales) {
        return codes.shape().rank() == 2
                        && columns.index().isEmpty()
                        && columns.size() > 0
                        && columns.columns() % Math.min(columns.size(), columns.columns()) == 0
                ? Optional.of(new Affine(codes, bits, Math.min(columns.size(), columns.columns()), scales))
                : Optional.empty();
    }

    /**
     * {@code (codes - points) * scales}.
     *
     * @param points {@code [rows, groups]}
     */
    IntegerCodes lessPoints(Expression points) {
        return with(multiply(subtract(constant(middle()), cast(points, DType.F32)), cast(scales, DType.F32)));
    }

    /**
     * {@code codes * scales + biases}.
     *
     * @param biases {@code [rows, groups]}
     */
    IntegerCodes plus(Expression biases) {
        return with(add(multiply(cast(scales, DType.F32), constant(middle())), cast(biases, DType.F32)));
    }

    /**
     * {@code codes * scales - biases}.
     *
     * @param biases {@code [rows, groups]}
     */
    IntegerCodes less(Expression biases) {
        return with(subtract(multiply(cast(scales, DType.F32), constant(middle())), cast(biases, DType.F32)));
    }

    /** How many bits there are kernels for: codes of fewer are some of these. */
    static int width(int bits) {
        return bits <= 4 ? 4 : Byte.SIZE;
    }

    /** The code from 0 on that is 0 as a signed one. */
    private int middle() {
        return 1 << (width(bits) - 1);
    }

    private IntegerCodes with(Expression offset) {
        long rows = codes.shape().dimension(0);
        long groups = scales.shape().elementCount() / rows;
        Expression signed = CompressedValue.signed(codes, width(bits));
        Shape each = groups == 1 ? Shape.of(rows, 1) : Shape.of(rows, groups, 1);
        return new IntegerCodes(
                groups == 1 ? signed : reshape(signed, Shape.of(rows, groups, size)),
                width(bits),
                List.of(reshape(scales, each)),
                Optional.of(reshape(offset, each)));
    }
}
