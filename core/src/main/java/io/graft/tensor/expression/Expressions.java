package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes expressions, to be imported statically: {@code add(below, multiply(matMul(b, a), constant(2)))}. Every method throws
 * {@link IllegalArgumentException} where operands do not fit.
 */
public final class Expressions {
    private Expressions() {}

    /** A number. */
    public static Expression constant(double value) {
        return new Expression.Constant(value);
    }

    /** A tensor that lies somewhere. */
    public static Expression stored(LazyTensor value) {
        return new Expression.Stored(value);
    }

    public static Expression add(Expression left, Expression right) {
        return computed(Operation.Arithmetic.ADD, left, right);
    }

    public static Expression subtract(Expression left, Expression right) {
        return computed(Operation.Arithmetic.SUBTRACT, left, right);
    }

    public static Expression multiply(Expression left, Expression right) {
        return computed(Operation.Arithmetic.MULTIPLY, left, right);
    }

    public static Expression divide(Expression left, Expression right) {
        return computed(Operation.Arithmetic.DIVIDE, left, right);
    }

    /** See {@link Operation.Function#DETACH}. */
    public static Expression detach(Expression operand) {
        return computed(Operation.Function.DETACH, operand);
    }

    public static Expression sqrt(Expression operand) {
        return computed(Operation.Function.SQRT, operand);
    }

    public static Expression exp(Expression operand) {
        return computed(Operation.Function.EXP, operand);
    }

    /** See {@link Operation.Function#INVERSE}. */
    public static Expression inverse(Expression operand) {
        return computed(Operation.Function.INVERSE, operand);
    }

    /** See {@link Operation.MatMul}. */
    public static Expression matMul(Expression left, Expression right) {
        return computed(new Operation.MatMul(), left, right);
    }

    public static Expression reshape(Expression operand, Shape to) {
        return operand.shape().equals(to) ? operand : computed(new Operation.Reshape(to), operand);
    }

    public static Expression permute(Expression operand, Integer... axes) {
        return computed(new Operation.Permute(List.of(axes)), operand);
    }

    /** The last two axes exchanged. */
    public static Expression transpose(Expression operand) {
        int rank = operand.shape().rank();
        if (rank < 2) {
            throw new IllegalArgumentException("a tensor of shape " + operand.shape() + " cannot be transposed");
        }
        List<Integer> axes = IntStream.range(0, rank)
                .mapToObj(axis -> axis < rank - 2 ? axis : 2 * rank - 3 - axis)
                .toList();
        return computed(new Operation.Permute(axes), operand);
    }

    public static Expression slice(Expression operand, int axis, long from, long length) {
        return computed(new Operation.Slice(axis, from, length), operand);
    }

    public static Expression concat(int axis, Expression... operands) {
        return new Expression.Computed(new Operation.Concat(axis), List.of(operands));
    }

    /** See {@link Operation.Repeat}. */
    public static Expression repeat(Expression operand, int axis, long times, long length) {
        return computed(new Operation.Repeat(axis, times, length), operand);
    }

    /** See {@link Operation.Norm}. */
    public static Expression norm(Expression operand, Integer... axes) {
        return computed(new Operation.Norm(List.of(axes)), operand);
    }

    public static Expression cast(Expression operand, DType to) {
        return operand.dtype() == to ? operand : computed(new Operation.Cast(to), operand);
    }

    /** See {@link Operation.Lookup}. */
    public static Expression lookup(Expression table, Expression indices) {
        return computed(new Operation.Lookup(), table, indices);
    }

    /** See {@link Operation.Unpack}. */
    public static Expression unpack(Expression integers, int bits, boolean highFirst, Shape to) {
        return computed(new Operation.Unpack(bits, highFirst, to), integers);
    }

    private static Expression computed(Operation operation, Expression operand) {
        return new Expression.Computed(operation, List.of(operand));
    }

    private static Expression computed(Operation operation, Expression left, Expression right) {
        return new Expression.Computed(operation, List.of(left, right));
    }
}
