package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.scheme.Nibbles;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;

/** What the stored tensors of bitsandbytes stand for: the one formula, be they read or written. */
public final class BitsAndBytesValue {
    private static final float ONE_OF_127 = 1f / 127;
    private static final int BITS = 4;

    private BitsAndBytesValue() {}

    /**
     * int8 by rows.
     *
     * @param codes {@code [rows, columns]}
     * @param largest the largest magnitude of each row
     */
    public static Form.ScaledCodes rows(Expression codes, Expression largest, Form.ScaledCodes.Kernel kernel) {
        Expression rows = reshape(largest, Shape.of(codes.shape().dimension(0), 1));
        return new Form.ScaledCodes(codes, Byte.SIZE, List.of(rows, constant(ONE_OF_127)), codes.shape(), kernel);
    }

    /**
     * Four bits a value.
     *
     * @param bytes two codes each, the first one in the high bits
     * @param scales one for each block
     * @param block values of a block
     */
    public static Expression nibbles(
            Nibbles alphabet, Expression bytes, Expression scales, long block, Shape shape, DType dtype) {
        long count = shape.elementCount();
        Expression table = Codes.table(alphabet.word() + " codes", alphabet.numbers());
        Expression numbers = lookup(table, Codes.highFirst(bytes, BITS, count));
        return cast(reshape(multiply(numbers, repeat(scales, 0, block, count)), shape), dtype);
    }

    /**
     * Scales that are codes themselves.
     *
     * @param map what the codes stand for
     * @param scales one for each block of codes
     * @param block codes of a block
     * @param offset a number
     */
    public static Expression scales(
            Expression codes, Expression map, Expression scales, long block, Expression offset) {
        long count = codes.shape().elementCount();
        return add(multiply(lookup(map, codes), repeat(scales, 0, block, count)), offset);
    }
}
