package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;

import io.graft.checkpoint.layout.Part;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.Optional;

/**
 * Which columns of a matrix share a scale.
 *
 * @param size of a group; 0 if an index tells
 * @param index the group of each column; empty if groups lie beside each other
 * @param columns how many there are
 */
record Groups(long size, Optional<Expression> index, long columns) {
    /** How many groups it takes. */
    static long count(long columns, long size) {
        return columns / size + (columns % size == 0 ? 0 : 1);
    }

    static Groups of(long size, long columns) {
        return new Groups(size, Optional.empty(), columns);
    }

    /**
     * As many columns in each group.
     *
     * @throws Misfit if they do not divide
     */
    static Groups even(long groups, long columns) throws Misfit {
        if (groups < 1 || columns % groups != 0) {
            throw Misfit.ofShape("has " + columns + " columns, which " + groups + " groups of scales do not divide");
        }
        return of(Math.max(1, columns / groups), columns);
    }

    /**
     * By an index, of which it is known that it is inside the groups.
     *
     * @throws Misfit if it is not, or cannot be looked at
     */
    static Groups of(Weight weight, Part index, long groups, long columns) throws Misfit {
        long[] numbers = Peek.wholes(index)
                .filter(all -> all.length == columns && index.dtype() != DType.BOOL)
                .orElseThrow(() -> Misfit.ofShape("has `" + index.name() + "` of " + index.dtype() + " " + index.shape()
                        + " as the groups of " + columns + " columns"));
        long size = 0;
        while (size < numbers.length && numbers[(int) size] == 0) {
            size++;
        }
        boolean inOrder = true;
        for (int column = 0; column < numbers.length; column++) {
            if (numbers[column] < 0 || numbers[column] >= groups) {
                throw Misfit.ofShape("has the group " + numbers[column] + " in `" + index.name() + "` at [" + column
                        + "], and there are " + groups);
            }
            inOrder &= size > 0 && numbers[column] == column / size;
        }
        if (size == columns && groups > 1) {
            throw Misfit.ofShape("has " + groups + " groups of scales, and `" + index.name() + "` is 0 everywhere");
        }
        return inOrder && count(columns, Math.max(size, 1)) == groups
                ? of(Math.max(size, 1), columns)
                : new Groups(0, Optional.of(weight.leaf(index)), columns);
    }

    String words() {
        return index.isPresent() ? "groups by an index" : size >= columns ? "one scale a row" : "groups of " + size;
    }

    /** What holds for a group, for each of its columns: {@code [rows, groups]} becomes {@code [rows, columns]}. */
    Expression over(Expression each) {
        // Integers become numbers here, before there are many of them.
        Expression values = each.dtype().isFloatingPoint() ? each : cast(each, DType.F32);
        return index.map(groups -> Codes.pick(values, groups)).orElseGet(() -> Codes.spread(values, size, columns));
    }
}
