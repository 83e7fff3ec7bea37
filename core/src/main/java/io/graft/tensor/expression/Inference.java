package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Infers shapes and dtypes, and says why operands do not fit. */
final class Inference {
    private Inference() {}

    static Expression one(Operation operation, List<Expression> operands) {
        return exactly(1, operation, operands).get(0);
    }

    static List<Expression> two(Operation operation, List<Expression> operands) {
        return exactly(2, operation, operands);
    }

    private static List<Expression> exactly(int count, Operation operation, List<Expression> operands) {
        if (operands.size() != count) {
            throw new IllegalArgumentException(
                    name(operation) + " takes " + count + " operands, and got " + operands.size());
        }
        return operands;
    }

    static DType arithmetic(Operation operation, List<Expression> operands) {
        boolean wide = false;
        for (int i = 0; i < operands.size(); i++) {
            Expression operand = operands.get(i);
            wide |= operand.dtype() == DType.F64;
            if (!DTypeConversion.isSupported(operand.dtype(), DType.F32)) {
                throw new IllegalArgumentException(name(operation) + " cannot compute with " + operand.dtype());
            }
        }
        return wide ? DType.F64 : DType.F32;
    }

    static DType converted(Operation operation, Expression operand, DType to) {
        if (!DTypeConversion.isSupported(operand.dtype(), to)) {
            throw new IllegalArgumentException(name(operation) + " cannot convert " + operand.dtype() + " to " + to);
        }
        return to;
    }

    static Shape broadcast(Operation operation, List<Expression> operands) {
        Shape left = operands.get(0).shape();
        Shape right = operands.get(1).shape();
        if (right.rank() == 0 || left.equals(right)) {
            return left;
        }
        int rank = Math.max(left.rank(), right.rank());
        List<Long> dimensions = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            long here = fromTheEnd(left, rank - axis);
            long there = fromTheEnd(right, rank - axis);
            require(here == there || here == 1 || there == 1, operation, operands);
            dimensions.add(here == 1 ? there : here);
        }
        return new Shape(dimensions);
    }

    private static long fromTheEnd(Shape shape, int place) {
        return place > shape.rank() ? 1 : shape.dimension(shape.rank() - place);
    }

    static Shape product(Operation operation, List<Expression> operands) {
        Shape left = operands.get(0).shape();
        Shape right = operands.get(1).shape();
        int rank = left.rank();
        require(rank >= 2 && right.rank() == rank, operation, operands);
        require(left.dimension(rank - 1) == right.dimension(rank - 2), operation, operands);
        for (int axis = 0; axis < rank - 2; axis++) {
            require(left.dimension(axis) == right.dimension(axis), operation, operands);
        }
        return left.with(rank - 1, right.dimension(rank - 1));
    }

    static Shape square(Operation operation, Expression operand) {
        int rank = operand.shape().rank();
        require(
                rank >= 2
                        && operand.shape().dimension(rank - 1)
                                == operand.shape().dimension(rank - 2),
                operation,
                List.of(operand));
        return operand.shape();
    }

    static Shape reshaped(Operation operation, Expression operand, Shape to) {
        if (operand.shape().elementCount() != to.elementCount()) {
            throw new IllegalArgumentException(
                    name(operation) + " cannot make " + to + " of " + operand.shape() + ": other numbers of elements");
        }
        return to;
    }

    static Shape permuted(Operation operation, Expression operand, List<Integer> axes) {
        Shape shape = operand.shape();
        if (axes.size() != shape.rank() || new HashSet<>(axes).size() != axes.size()) {
            throw new IllegalArgumentException(
                    name(operation) + " needs each axis of " + shape + " once, and got " + axes);
        }
        return new Shape(axes.stream()
                .map(axis -> shape.dimension(axis(operation, shape, axis)))
                .toList());
    }

    static Shape sliced(Operation operation, Expression operand, int axis, long from, long length) {
        Shape shape = operand.shape();
        long size = shape.dimension(axis(operation, shape, axis));
        if (from < 0 || length < 0 || from > size - length) {
            throw new IllegalArgumentException(name(operation) + " of " + length + " from " + from
                    + " on is outside axis " + axis + " of " + shape);
        }
        return shape.with(axis, length);
    }

    static Shape joined(Operation operation, List<Expression> operands, int axis) {
        if (operands.isEmpty()) {
            throw new IllegalArgumentException(name(operation) + " needs at least one operand");
        }
        Shape first = operands.get(0).shape();
        axis(operation, first, axis);
        long length = 0;
        for (Expression operand : operands) {
            Shape shape = operand.shape();
            require(
                    shape.rank() == first.rank()
                            && shape.with(axis, first.dimension(axis)).equals(first),
                    operation,
                    operands);
            length += shape.dimension(axis);
        }
        return first.with(axis, length);
    }

    static Shape repeated(Operation operation, Expression operand, int axis, long times, long length) {
        Shape shape = operand.shape();
        long size = shape.dimension(axis(operation, shape, axis));
        if (times < 1 || length < 0 || length > Math.multiplyExact(size, times)) {
            throw new IllegalArgumentException(name(operation) + " of axis " + axis + " of " + shape + " " + times
                    + " times does not reach a length of " + length);
        }
        return shape.with(axis, length);
    }

    static Shape reduced(Operation operation, Expression operand, List<Integer> axes) {
        Shape shape = operand.shape();
        for (int axis : axes) {
            shape = shape.with(axis(operation, shape, axis), 1);
        }
        return shape;
    }

    static Shape lookedUp(Operation operation, List<Expression> operands) {
        Expression table = operands.get(0);
        Expression indices = operands.get(1);
        require(table.shape().rank() > 0, operation, operands);
        if (indices.dtype().isFloatingPoint() || indices.dtype().isComplex() || indices.dtype() == DType.BOOL) {
            throw new IllegalArgumentException(
                    name(operation) + " needs integers as indices, and got " + indices.dtype());
        }
        List<Long> dimensions = new ArrayList<>(indices.shape().dimensions());
        dimensions.addAll(table.shape().dimensions().subList(1, table.shape().rank()));
        return new Shape(dimensions);
    }

    static Shape unpacked(Operation operation, Expression operand, int bits, Shape to) {
        Shape shape = operand.shape();
        DType words = operand.dtype();
        if (words.isFloatingPoint() || words.isComplex() || words == DType.BOOL || bits < 1 || bits > Short.SIZE) {
            throw new IllegalArgumentException(name(operation)
                    + " takes fields of 1 to 16 bits out of integers, and got " + bits + " bits of " + words);
        }
        int last = shape.rank() - 1;
        if (last < 0
                || to.rank() != shape.rank()
                || !to.with(last, shape.dimension(last)).equals(shape)
                || Math.multiplyExact(to.dimension(last), (long) bits)
                        > Math.multiplyExact(shape.dimension(last), (long) words.bits())) {
            throw new IllegalArgumentException(name(operation) + " cannot make " + to + " fields of " + bits
                    + " bits out of " + shape + " of " + words);
        }
        return to;
    }

    private static int axis(Operation operation, Shape shape, int axis) {
        if (axis < 0 || axis >= shape.rank()) {
            throw new IllegalArgumentException(
                    name(operation) + " along axis " + axis + " of " + shape + ", which has " + shape.rank() + " axes");
        }
        return axis;
    }

    private static void require(boolean fits, Operation operation, List<Expression> operands) {
        if (!fits) {
            throw new IllegalArgumentException(name(operation) + " does not fit the shapes "
                    + operands.stream()
                            .map(operand -> operand.shape().toString())
                            .collect(Collectors.joining(" and ")));
        }
    }

    private static String name(Operation operation) {
        return operation instanceof Enum<?> constant
                ? constant.name().toLowerCase(Locale.ROOT)
                : operation.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
