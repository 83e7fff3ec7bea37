package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Evaluator;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Packing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes steps of an expression's nodes. What bands cannot give is asked of {@link Wholes} on the way, which compute it at once or
 * tell of it.
 */
final class BandCompiler implements Evaluator<Value> {
    /** Owned and stored tensors up to here are read as a whole. */
    private static final long SMALL = 1 << 16;

    /** The same where elements are used again and again. */
    private static final long USED_AGAIN = 1 << 22;

    /** Longest rows that are computed as a whole. */
    private static final long LONGEST_ROW = 1 << 16;

    /** Elements beside each other that are worth going to their place in a file. */
    private static final long RUN = 1 << 14;

    /** What the numbers of a byte are as floating-point numbers. */
    private static final Numbers NUMBERS = bytes();

    private final Wholes wholes;

    BandCompiler(Wholes wholes) {
        this.wholes = wholes;
    }

    private static Numbers bytes() {
        float[] numbers = new float[1 << Byte.SIZE];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return Numbers.of(numbers);
    }

    @Override
    public Value below(Expression.Below below) {
        return leaf(below);
    }

    @Override
    public Value owned(Expression.Owned owned) {
        return leaf(owned);
    }

    @Override
    public Value stored(Expression.Stored stored) {
        return leaf(stored);
    }

    private Value leaf(Expression leaf) {
        Value value = new Value(wholes.source(leaf), leaf.shape(), leaf.dtype());
        return heldUpTo(SMALL, value);
    }

    @Override
    public Value constant(Expression.Constant constant) {
        return new Value(new Filled(Kind.FLOATS, constant.value()), Shape.SCALAR, DType.F32);
    }

    @Override
    public Value arithmetic(Operation.Arithmetic operation, Value left, Value right) {
        Expression result = Value.result(operation, left, right);
        Kind kind = Kind.of(result.dtype());
        Value first = broadcast(as(kind, left), result.shape());
        Value second = broadcast(as(kind, right), result.shape());
        return new Value(elementwise(operation, first.step(), second.step()), result.shape(), result.dtype());
    }

    private static Step elementwise(Operation.Arithmetic operation, Step left, Step right) {
        if (operation == Operation.Arithmetic.MULTIPLY
                && left instanceof Product product
                && right instanceof Filled factor
                && product.scale() == 1
                && !product.isSum()) {
            return product.times(factor.value());
        }
        if (operation == Operation.Arithmetic.ADD && right instanceof Product product && !product.isSum()) {
            return product.onto(left);
        }
        return new Elementwise(operation, left, right);
    }

    /** The same numbers as another kind; a constant is rounded to it. */
    private static Value as(Kind kind, Value value) {
        if (value.step() instanceof Filled constant) {
            return new Value(new Filled(kind, constant.value()), value.shape(), kind.dtype());
        }
        Optional<Step> numbers = kind == Kind.FLOATS ? value.step().meaning(NUMBERS) : Optional.empty();
        if (numbers.isPresent()) {
            return new Value(numbers.get(), value.shape(), kind.dtype());
        }
        return value.step().kind() == kind
                ? value
                : new Value(new Recoded(value.step(), value.dtype(), kind.dtype()), value.shape(), kind.dtype());
    }

    private Value broadcast(Value value, Shape to) {
        if (value.count() == to.elementCount()) {
            return new Value(value.step(), to, value.dtype());
        }
        int missing = to.rank() - value.shape().rank();
        List<Long> strides = new ArrayList<>(Collections.nCopies(missing, 0L));
        strides.addAll(Order.stridesOf(value.shape()));
        for (int axis = missing; axis < to.rank(); axis++) {
            if (value.shape().dimension(axis - missing) == 1) {
                strides.set(axis, 0L);
            }
        }
        return view(heldUpTo(USED_AGAIN, value), to.dimensions(), strides, 0, to);
    }

    private static Value view(Value operand, List<Long> sizes, List<Long> strides, long offset, Shape shape) {
        return operand.step() instanceof Filled
                ? new Value(operand.step(), shape, operand.dtype())
                : new Value(new View(operand.step(), new Order(sizes, strides, offset)), shape, operand.dtype());
    }

    @Override
    public Value function(Operation.Function function, Value operand) {
        Expression result = Value.result(function, operand);
        if (function == Operation.Function.DETACH) {
            return operand;
        }
        Value as = as(Kind.of(result.dtype()), operand);
        Step step = function == Operation.Function.INVERSE
                ? wholes.inverses(as.step(), as.shape()).step()
                : new OfEach(as.step(), function);
        return new Value(step, result.shape(), result.dtype());
    }

    @Override
    public Value matMul(Value left, Value right) {
        Expression result = Value.result(new Operation.MatMul(), left, right);
        Kind kind = Kind.of(result.dtype());
        int rank = left.shape().rank();
        int terms = Math.toIntExact(left.shape().dimension(rank - 1));
        int width = Math.toIntExact(right.shape().dimension(rank - 1));
        Value factors = as(kind, right);
        Rows rows = new Rows(whole("right side of the product " + result.shape(), factors), Math.max(1, width));
        Step by = as(kind, heldUpTo(USED_AGAIN, left)).step();
        long height = left.shape().dimension(rank - 2);
        return new Value(
                new Product(by, rows, height, terms, width, 1, Optional.empty()), result.shape(), result.dtype());
    }

    @Override
    public Value reshape(Shape to, Value operand) {
        return new Value(operand.step(), to, operand.dtype());
    }

    @Override
    public Value permute(List<Integer> axes, Value operand) {
        Shape shape = Value.result(new Operation.Permute(axes), operand).shape();
        List<Long> from = Order.stridesOf(operand.shape());
        List<Long> strides = axes.stream().map(from::get).toList();
        Order order = new Order(shape.dimensions(), strides, 0);
        if (order.isPlain()) {
            return new Value(operand.step(), shape, operand.dtype());
        }
        if (order.run() >= RUN) {
            return view(heldUpTo(USED_AGAIN, operand), shape.dimensions(), strides, 0, shape);
        }
        String what = "permute of " + operand.shape();
        Step turned = new Turn(what, order, wholes)
                .of(operand.step())
                .orElseGet(() -> new Turned(whole(what, operand), order));
        return new Value(turned, shape, operand.dtype());
    }

    @Override
    public Value slice(int axis, long from, long length, Value operand) {
        Shape shape =
                Value.result(new Operation.Slice(axis, from, length), operand).shape();
        List<Long> strides = Order.stridesOf(operand.shape());
        return view(operand, shape.dimensions(), strides, from * strides.get(axis), shape);
    }

    @Override
    public Value concat(int axis, List<Value> operands) {
        Expression result = Value.result(new Operation.Concat(axis), operands);
        Kind kind = Kind.of(result.dtype());
        long inner = Order.stridesOf(result.shape()).get(axis);
        return new Value(
                new Joined(
                        operands.stream()
                                .map(operand -> as(kind, operand).step())
                                .toList(),
                        operands.stream()
                                .map(operand -> operand.shape().dimension(axis) * inner)
                                .toList(),
                        result.shape().dimension(axis) * inner),
                result.shape(),
                result.dtype());
    }

    @Override
    public Value repeat(int axis, long times, long length, Value operand) {
        Shape shape = operand.shape();
        List<Long> sizes = new ArrayList<>(shape.dimensions());
        List<Long> strides = new ArrayList<>(Order.stridesOf(shape));
        sizes.add(axis + 1, times);
        strides.add(axis + 1, 0L);
        Shape repeated = shape.with(axis, shape.dimension(axis) * times);
        Value all = view(heldUpTo(USED_AGAIN, operand), sizes, strides, 0, repeated);
        return all.shape().dimension(axis) == length ? all : slice(axis, 0, length, all);
    }

    @Override
    public Value norm(List<Integer> axes, Value operand) {
        Expression result = Value.result(new Operation.Norm(axes), operand);
        Value as = as(Kind.of(result.dtype()), operand);
        Shape from = operand.shape();
        long length = axes.stream().mapToLong(from::dimension).reduce(1, (left, right) -> left * right);
        int lastKept = IntStream.range(0, from.rank())
                .filter(axis -> !axes.contains(axis) && from.dimension(axis) != 1)
                .max()
                .orElse(-1);
        boolean areRows = axes.stream().allMatch(axis -> axis > lastKept || from.dimension(axis) == 1);
        Step step = areRows && length <= LONGEST_ROW
                ? new RowNorm(as.step(), (int) length)
                : wholes.norms(as.step(), from, result.shape()).step();
        return new Value(step, result.shape(), result.dtype());
    }

    @Override
    public Value cast(DType to, Value operand) {
        boolean isExact =
                operand.dtype() == to || (to == DType.F32 && operand.step().kind() == Kind.FLOATS);
        return new Value(
                isExact ? operand.step() : new Recoded(operand.step(), operand.dtype(), to), operand.shape(), to);
    }

    @Override
    public Value lookup(Value table, Value indices) {
        Expression result = Value.result(new Operation.Lookup(), table, indices);
        long rows = table.shape().dimension(0);
        long width = table.shape().dimensions().stream().skip(1).reduce(1L, (left, right) -> left * right);
        Optional<Numbers> known = isBanded(table) && !isBanded(indices)
                ? whole("indices of " + indices.shape(), indices).numbers()
                : Optional.empty();
        if (width == 1 && Kind.of(table.dtype()) == Kind.FLOATS && !isBanded(table)) {
            Optional<Step> meant = whole("table of " + table.shape(), table)
                    .numbers()
                    .flatMap(numbers -> indices.step().meaning(numbers));
            if (meant.isPresent()) {
                return new Value(meant.get(), result.shape(), result.dtype());
            }
        }
        Step step = known.isPresent()
                ? new RowLookup(table.step(), Picked.inside(known.get(), rows), width)
                : new TableLookup(
                        new Held(whole("table of " + table.shape(), table)),
                        indices.step(),
                        rows,
                        Math.toIntExact(width));
        return new Value(step, result.shape(), result.dtype());
    }

    @Override
    public Value unpack(int bits, boolean highFirst, Shape to, Value integers) {
        int last = to.rank() - 1;
        return new Value(
                new Fields(
                        integers.step(),
                        new Packing(
                                bits,
                                highFirst,
                                integers.dtype().bits(),
                                integers.shape().dimension(last),
                                to.dimension(last)),
                        Optional.empty()),
                to,
                DType.I32);
    }

    /** Whether it is read or computed as it is needed, and from more than fits into memory. */
    private static boolean isBanded(Value value) {
        return new Program(value.step()).reads(source -> source.isBase() || source.count() > USED_AGAIN);
    }

    private Whole whole(String what, Value value) {
        return wholes.whole(what, value.step(), value.count());
    }

    /** The same, there as a whole, if it is small enough and not computed from what is below. */
    private Value heldUpTo(long most, Value value) {
        return value.step() instanceof Filled || value.count() > most || new Program(value.step()).reads(Source::isBase)
                ? value
                : new Value(whole("", value).step(), value.shape(), value.dtype());
    }
}
