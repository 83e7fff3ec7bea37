package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.List;

/** Pieces of the formulas that several layouts share. */
final class Codes {
    /** The numbers of four bits with an exponent of two and a mantissa of one bit. */
    private static final Expression E2M1 =
            table("values of E2M1", 0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f);

    /** Powers of two by their exponent with a bias of 127; there is no row for 255, which stands for no number. */
    private static final Expression POWERS = powersFrom(0);

    private Codes() {}

    /** A table of what each code stands for. */
    static Expression table(String what, float... values) {
        return stored(LazyTensors.generate(what, DType.F32, Shape.of(values.length), code -> values[(int) code]));
    }

    /**
     * A table of the powers of two by their exponent with a bias of 127, but for 255.
     *
     * @param least the exponent below which the number is 0
     */
    static Expression powersFrom(int least) {
        return stored(LazyTensors.generate(
                "powers of two",
                DType.F32,
                Shape.of(255),
                exponent -> exponent < least ? 0 : Math.scalb(1.0, (int) exponent - 127)));
    }

    /** Powers of two by exponents in bytes. */
    static Expression powers(Expression exponents) {
        return lookup(POWERS, exponents);
    }

    /** Codes that lie in integers along the last axis, lowest bits first, cut to a number of them. */
    static Expression lowFirst(Expression integers, int bits, long columns) {
        return unpack(integers, bits, false, last(integers, columns));
    }

    /** Codes that lie in integers along the last axis, highest bits first. */
    static Expression highFirst(Expression integers, int bits, long columns) {
        return unpack(integers, bits, true, last(integers, columns));
    }

    /** The codes of each integer on an axis of their own. */
    static Expression ofEach(Expression integers, int bits, boolean highFirst) {
        Shape shape = integers.shape();
        long each = integers.dtype().bits() / bits;
        List<Long> dimensions = new ArrayList<>(shape.dimensions());
        dimensions.add(1L);
        Expression single = reshape(integers, new Shape(dimensions));
        return unpack(single, bits, highFirst, single.shape().with(shape.rank(), each));
    }

    /** Numbers of four bits, two in a byte along the last axis, the low bits first. */
    static Expression e2m1(Expression bytes) {
        Shape shape = bytes.shape();
        return lookup(E2M1, lowFirst(bytes, 4, Math.multiplyExact(shape.dimension(shape.rank() - 1), 2L)));
    }

    /** The numbers that codes of four bits stand for. */
    static Expression e2m1OfCodes(Expression codes) {
        return lookup(E2M1, codes);
    }

    /** What holds for a group of columns, for each of them. */
    static Expression spread(Expression values, long size, long columns) {
        return repeat(values, values.shape().rank() - 1, size, columns);
    }

    /**
     * What holds for a group of columns, for each of them by the number of its group.
     *
     * @param values {@code [rows, groups]}
     * @param groups {@code [columns]}
     */
    static Expression pick(Expression values, Expression groups) {
        return transpose(lookup(transpose(values), groups));
    }

    /** The first few on the last axis, the last of them first. */
    static Expression reversed(Expression values, int count) {
        int last = values.shape().rank() - 1;
        Expression[] each = new Expression[count];
        for (int i = 0; i < count; i++) {
            each[i] = slice(values, last, count - 1L - i, 1);
        }
        return concat(last, each);
    }

    private static Shape last(Expression expression, long size) {
        return expression.shape().with(expression.shape().rank() - 1, size);
    }
}
