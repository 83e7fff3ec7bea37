package io.graft.checkpoint.layout;

import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * What a weight is before it is rounded to its dtype, for whoever multiplies with integers: codes times scales. It says no more than the
 * {@linkplain TensorSet#value value}, which is what counts.
 *
 * @param codes integers from {@code -2^(bits - 1)} to {@code 2^(bits - 1) - 1}: {@code [rows, columns]}, or in groups of columns
 *     {@code [rows, groups, size]}
 * @param bits 4 or 8
 * @param scales what the codes are multiplied with, one after the other: {@code [rows, 1]}, {@code [rows, groups, 1]}, or one number
 */
public record IntegerCodes(Expression codes, int bits, List<Expression> scales) {
    public IntegerCodes {
        scales = List.copyOf(scales);
    }
}
