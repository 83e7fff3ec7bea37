package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts an axis of rows before those of each node whose elements, in order, are those of one row after the other. */
final class RowCutter implements Evaluator<RowCutter.Cut> {
    /** What has so many times fewer elements than the tensor is small beside it. */
    private static final long SMALL = 16;

    private static final String PART = "rows of ";

    private final long count;
    private final long small;
    private final Map<String, Expression> parts = new LinkedHashMap<>();

    /**
     * A node.
     *
     * @param rows empty if its rows cannot be computed by themselves
     */
    record Cut(Expression whole, Optional<Expression> rows) {
        /** Whether it is the same whatever is below. */
        private boolean isAlone() {
            return !whole.anyMatch(Expression.Below.class::isInstance);
        }

        private Shape shape() {
            return whole.shape();
        }
    }

    /**
     * @param value of the tensor
     */
    RowCutter(Shape value) {
        this.count = value.dimension(0);
        this.small = value.elementCount() / SMALL;
    }

    /** What has to be cut into rows before anything is computed, by slots. */
    Map<String, Expression> parts() {
        return parts;
    }

    private boolean isOfRows(Shape shape) {
        return shape.rank() > 0 && shape.dimension(0) > 0 && shape.dimension(0) % count == 0;
    }

    private Shape ofOne(Shape shape) {
        List<Long> dimensions = new ArrayList<>(List.of(1L));
        dimensions.addAll(shape.with(0, shape.dimension(0) / count).dimensions());
        return new Shape(dimensions);
    }

    private Cut leaf(Expression whole) {
        return new Cut(whole, isOfRows(whole.shape()) ? Optional.of(part(whole)) : Optional.empty());
    }

    private Expression part(Expression whole) {
        String slot = PART + parts.size();
        parts.put(slot, whole);
        return new Expression.Owned(slot, ofOne(whole.shape()), whole.dtype());
    }

    private Cut computed(Operation operation, List<Cut> operands, Supplier<Optional<Expression>> rows) {
        Cut whole = new Cut(
                new Expression.Computed(
                        operation, operands.stream().map(Cut::whole).toList()),
                Optional.empty());
        if (!isOfRows(whole.shape())) {
            return whole;
        }
        Optional<Expression> some = rows.get();
        if (some.isEmpty() && whole.isAlone() && whole.shape().elementCount() <= small) {
            some = Optional.of(part(whole.whole()));
        }
        return new Cut(whole.whole(), some);
    }

    /** An operation that does to each row what it does to the whole. */
    private Cut each(Operation operation, Cut operand, Operation ofRows) {
        return computed(
                operation,
                List.of(operand),
                () -> operand.rows().map(rows -> new Expression.Computed(ofRows, List.of(rows))));
    }

    private Cut none(Operation operation, Cut operand) {
        return computed(operation, List.of(operand), Optional::empty);
    }

    @Override
    public Cut below(Expression.Below below) {
        return new Cut(below, Optional.of(new Expression.Below(ofOne(below.shape()), below.dtype())));
    }

    @Override
    public Cut owned(Expression.Owned owned) {
        return leaf(owned);
    }

    @Override
    public Cut stored(Expression.Stored stored) {
        return leaf(stored);
    }

    @Override
    public Cut constant(Expression.Constant constant) {
        return new Cut(constant, Optional.empty());
    }

    @Override
    public Cut arithmetic(Operation.Arithmetic operation, Cut left, Cut right) {
        int rank = Math.max(left.shape().rank(), right.shape().rank());
        return computed(
                operation,
                List.of(left, right),
                () -> operand(left, rank)
                        .flatMap(a ->
                                operand(right, rank).map(b -> new Expression.Computed(operation, List.of(a, b)))));
    }

    /** The rows of an operand, or all of it where it is the same for all rows. */
    private static Optional<Expression> operand(Cut operand, int rank) {
        if (operand.shape().rank() == rank && rank > 0 && operand.shape().dimension(0) != 1) {
            return operand.rows();
        }
        return operand.isAlone() ? Optional.of(operand.whole()) : Optional.empty();
    }

    @Override
    public Cut function(Operation.Function function, Cut operand) {
        return function == Operation.Function.INVERSE ? none(function, operand) : each(function, operand, function);
    }

    @Override
    public Cut matMul(Cut left, Cut right) {
        Operation.MatMul operation = new Operation.MatMul();
        boolean fits = left.shape().rank() == 2 && left.shape().dimension(0) == count && right.isAlone();
        return computed(
                operation,
                List.of(left, right),
                () -> fits ? left.rows().map(rows -> product(rows, right.whole())) : Optional.empty());
    }

    private static Expression product(Expression rows, Expression right) {
        Expression matrix = Expressions.reshape(rows, Shape.of(1, rows.shape().dimension(2)));
        Expression product = Expressions.matMul(matrix, right);
        return Expressions.reshape(product, Shape.of(1, 1, product.shape().dimension(1)));
    }

    @Override
    public Cut reshape(Shape to, Cut operand) {
        return isOfRows(to)
                ? each(new Operation.Reshape(to), operand, new Operation.Reshape(ofOne(to)))
                : none(new Operation.Reshape(to), operand);
    }

    @Override
    public Cut permute(List<Integer> axes, Cut operand) {
        Operation operation = new Operation.Permute(axes);
        if (axes.isEmpty() || axes.get(0) != 0) {
            // Factors of an embedding's adapter are turned; a turned tensor costs no more than the tensor.
            boolean view = operand.whole() instanceof Expression.Owned;
            return view ? leaf(new Expression.Computed(operation, List.of(operand.whole()))) : none(operation, operand);
        }
        List<Integer> behind = new ArrayList<>(List.of(0));
        axes.forEach(axis -> behind.add(axis + 1));
        return each(operation, operand, new Operation.Permute(behind));
    }

    @Override
    public Cut slice(int axis, long from, long length, Cut operand) {
        Operation operation = new Operation.Slice(axis, from, length);
        return axis == 0
                ? none(operation, operand)
                : each(operation, operand, new Operation.Slice(axis + 1, from, length));
    }

    @Override
    public Cut concat(int axis, List<Cut> operands) {
        boolean all =
                axis > 0 && operands.stream().allMatch(operand -> operand.rows().isPresent());
        return computed(
                new Operation.Concat(axis),
                operands,
                () -> all
                        ? Optional.of(new Expression.Computed(
                                new Operation.Concat(axis + 1),
                                operands.stream()
                                        .map(operand -> operand.rows().orElseThrow())
                                        .toList()))
                        : Optional.empty());
    }

    @Override
    public Cut repeat(int axis, long times, long length, Cut operand) {
        Operation operation = new Operation.Repeat(axis, times, length);
        if (axis > 0) {
            return each(operation, operand, new Operation.Repeat(axis + 1, times, length));
        }
        // Else what is repeated goes on in the next row.
        boolean aligned = isOfRows(operand.shape()) && operand.shape().dimension(0) * times == length;
        return aligned
                ? each(operation, operand, new Operation.Repeat(1, times, length / count))
                : none(operation, operand);
    }

    @Override
    public Cut norm(List<Integer> axes, Cut operand) {
        Operation operation = new Operation.Norm(axes);
        return axes.contains(0)
                ? none(operation, operand)
                : each(
                        operation,
                        operand,
                        new Operation.Norm(axes.stream().map(axis -> axis + 1).toList()));
    }

    @Override
    public Cut cast(DType to, Cut operand) {
        return each(new Operation.Cast(to), operand, new Operation.Cast(to));
    }

    @Override
    public Cut lookup(Cut table, Cut indices) {
        return computed(
                new Operation.Lookup(),
                List.of(table, indices),
                () -> table.isAlone()
                        ? indices.rows().map(rows -> Expressions.lookup(table.whole(), rows))
                        : Optional.empty());
    }

    @Override
    public Cut unpack(int bits, boolean highFirst, Shape to, Cut integers) {
        Operation operation = new Operation.Unpack(bits, highFirst, to);
        boolean whole = isOfRows(to)
                && isOfRows(integers.shape())
                && to.dimension(to.rank() - 1) * bits
                        == integers.shape().dimension(integers.shape().rank() - 1)
                                * integers.whole().dtype().bits();
        // Fields that do not fill the integers begin anew with each row of them.
        return to.rank() > 1 || whole
                ? each(operation, integers, new Operation.Unpack(bits, highFirst, isOfRows(to) ? ofOne(to) : to))
                : none(operation, integers);
    }
}
