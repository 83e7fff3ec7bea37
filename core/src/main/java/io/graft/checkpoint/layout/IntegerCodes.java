package io.graft.checkpoint.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Optional;

/**
 * What a weight is before it is rounded to its dtype, for whoever multiplies with integers: {@code codes * scales + offset}, in real
 * numbers. A zero point z, which is subtracted from a code before it is scaled, is an offset of {@code -z * scale}. It says no more than
 * the {@linkplain TensorSet#value value}, which is what counts.
 *
 * @param codes integers from {@code -2^(bits - 1)} to {@code 2^(bits - 1) - 1}: {@code [rows, columns]}, or in groups of columns
 *     {@code [rows, groups, size]}
 * @param bits 4 or 8
 * @param scales what the codes are multiplied with, one after the other: {@code [rows, 1]}, {@code [rows, groups, 1]}, or one number
 * @param offset what is added to the products, in the shape of a scale; empty if it is 0 everywhere
 */
public record IntegerCodes(Expression codes, int bits, List<Expression> scales, Optional<Expression> offset) {
    /**
     * @throws IllegalArgumentException if codes are of another width than 4 or 8 bits
     */
    public IntegerCodes {
        scales = List.copyOf(scales);
        if (bits != 4 && bits != Byte.SIZE) {
            throw new IllegalArgumentException("codes of 4 or 8 bits have kernels, not of " + bits);
        }
    }

    /** Symmetric codes. */
    public IntegerCodes(Expression codes, int bits, List<Expression> scales) {
        this(codes, bits, scales, Optional.empty());
    }

    /** The numbers, as an expression computes them: one operation after the other. */
    public Expression numbers(Shape shape) {
        Expression numbers = codes;
        for (Expression scale : scales) {
            numbers = multiply(numbers, scale);
        }
        if (offset.isPresent()) {
            numbers = add(numbers, offset.get());
        }
        return numbers.shape().equals(shape) ? numbers : reshape(numbers, shape);
    }
}
