package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Evaluator;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Runs expressions with whole tensors, one element after the other, in the plainest way: what bands are compared with. */
final class Reference implements Evaluator<Reference.Tensor> {
    private final LazyTensor below;
    private final Map<String, LazyTensor> owned;

    /** Numbers, or integers; the other is null. */
    @SuppressWarnings("ArrayRecordComponent")
    record Tensor(Shape shape, DType dtype, double[] numbers, long[] integers, boolean constant) {
        static Tensor of(Shape shape, DType dtype, double[] numbers) {
            return new Tensor(shape, dtype, numbers, null, false);
        }

        double number(int at, DType dtype) {
            double exact = integers == null
                    ? numbers[at]
                    : this.dtype == DType.U64
                            ? new BigInteger(Long.toUnsignedString(integers[at])).doubleValue()
                            : integers[at];
            if (dtype == DType.F64) {
                return exact;
            }
            return integers == null
                    ? (float) exact
                    : this.dtype == DType.U64
                            ? new BigInteger(Long.toUnsignedString(integers[at])).floatValue()
                            : (float) integers[at];
        }

        /** Some of the elements. */
        Tensor pick(Shape to, int[] places) {
            return new Tensor(
                    to,
                    dtype,
                    numbers == null
                            ? null
                            : Arrays.stream(places)
                                    .mapToDouble(place -> number(place, dtype))
                                    .toArray(),
                    integers == null
                            ? null
                            : Arrays.stream(places)
                                    .mapToLong(place -> integers[place])
                                    .toArray(),
                    false);
        }

        int count() {
            return Math.toIntExact(shape.elementCount());
        }

        TensorData bytes() throws IOException {
            ByteBuffer wide = ByteBuffer.allocate(Long.BYTES * count()).order(ByteOrder.LITTLE_ENDIAN);
            if (integers == null) {
                wide.asDoubleBuffer().put(numbers);
                return new DTypeConversion(TensorData.of(wide), DType.F64, dtype);
            }
            wide.asLongBuffer().put(integers);
            return new DTypeConversion(TensorData.of(wide), dtype == DType.U64 ? DType.U64 : DType.I64, dtype);
        }
    }

    Reference(LazyTensor below, Map<String, LazyTensor> owned) {
        this.below = below;
        this.owned = owned;
    }

    private static Tensor read(LazyTensor tensor) {
        try {
            return read(tensor.shape(), tensor.dtype(), tensor.materialize());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Tensor read(Shape shape, DType dtype, TensorData data) throws IOException {
        int count = Math.toIntExact(shape.elementCount());
        if (dtype.isFloatingPoint()) {
            double[] numbers = new double[count];
            new DTypeConversion(data, dtype, DType.F64)
                    .window(0, count * Double.BYTES)
                    .asDoubleBuffer()
                    .get(numbers);
            return Tensor.of(shape, dtype, numbers);
        }
        long[] integers = new long[count];
        new DTypeConversion(data, dtype, dtype == DType.U64 ? DType.U64 : DType.I64)
                .window(0, count * Long.BYTES)
                .asLongBuffer()
                .get(integers);
        return new Tensor(shape, dtype, null, integers, false);
    }

    @Override
    public Tensor below(Expression.Below node) {
        return read(below);
    }

    @Override
    public Tensor owned(Expression.Owned node) {
        return read(owned.get(node.slot()));
    }

    @Override
    public Tensor stored(Expression.Stored node) {
        return read(node.value());
    }

    @Override
    public Tensor constant(Expression.Constant node) {
        return new Tensor(Shape.SCALAR, DType.F32, new double[] {node.value()}, null, true);
    }

    private static Expression leaf(Tensor tensor) {
        return tensor.constant()
                ? new Expression.Constant(tensor.numbers()[0])
                : new Expression.Below(tensor.shape(), tensor.dtype());
    }

    private static Expression node(Operation operation, Tensor... operands) {
        return new Expression.Computed(
                operation, Arrays.stream(operands).map(Reference::leaf).toList());
    }

    private static double rounded(double value, DType dtype) {
        return dtype == DType.F64 ? value : (float) value;
    }

    /** Numbers at places of a shape, outermost axis first. */
    private static int[] place(Shape shape, int at) {
        int[] place = new int[shape.rank()];
        int rest = at;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            place[axis] = (int) (rest % shape.dimension(axis));
            rest = (int) (rest / shape.dimension(axis));
        }
        return place;
    }

    private static int at(Shape shape, int[] place) {
        int at = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            at = (int) (at * shape.dimension(axis)) + place[axis];
        }
        return at;
    }

    private static int broadcast(Shape from, Shape to, int at) {
        int[] place = place(to, at);
        int[] aligned = Arrays.copyOfRange(place, to.rank() - from.rank(), to.rank());
        for (int axis = 0; axis < from.rank(); axis++) {
            aligned[axis] = from.dimension(axis) == 1 ? 0 : aligned[axis];
        }
        return at(from, aligned);
    }

    @Override
    public Tensor arithmetic(Operation.Arithmetic operation, Tensor left, Tensor right) {
        Expression node = node(operation, left, right);
        DoubleBinaryOperator by = switch (operation) {
            case ADD -> (a, b) -> a + b;
            case SUBTRACT -> (a, b) -> a - b;
            case MULTIPLY -> (a, b) -> a * b;
            case DIVIDE -> (a, b) -> a / b;
        };
        return Tensor.of(
                node.shape(),
                node.dtype(),
                IntStream.range(0, (int) node.shape().elementCount())
                        .mapToDouble(i -> rounded(
                                by.applyAsDouble(
                                        left.number(broadcast(left.shape(), node.shape(), i), node.dtype()),
                                        right.number(broadcast(right.shape(), node.shape(), i), node.dtype())),
                                node.dtype()))
                        .toArray());
    }

    @Override
    public Tensor function(Operation.Function function, Tensor operand) {
        DType dtype = node(function, operand).dtype();
        if (function == Operation.Function.DETACH) {
            return operand;
        }
        if (function == Operation.Function.INVERSE) {
            return inverse(operand, dtype);
        }
        DoubleUnaryOperator by = function == Operation.Function.SQRT ? Math::sqrt : StrictMath::exp;
        return Tensor.of(
                operand.shape(),
                dtype,
                IntStream.range(0, operand.count())
                        .mapToDouble(i -> rounded(by.applyAsDouble(operand.number(i, dtype)), dtype))
                        .toArray());
    }

    private static Tensor inverse(Tensor operand, DType dtype) {
        int size = (int) operand.shape().dimension(operand.shape().rank() - 1);
        double[] result = new double[operand.count()];
        for (int first = 0; first < result.length; first += size * size) {
            double[][] rows = new double[size][2 * size];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    rows[i][j] = operand.number(first + i * size + j, dtype);
                }
                rows[i][size + i] = 1;
            }
            for (int pivot = 0; pivot < size; pivot++) {
                int best = pivot;
                for (int i = pivot; i < size; i++) {
                    best = Math.abs(rows[i][pivot]) > Math.abs(rows[best][pivot]) ? i : best;
                }
                double[] row = rows[best];
                rows[best] = rows[pivot];
                rows[pivot] = row;
                double by = row[pivot];
                for (int j = 0; j < 2 * size; j++) {
                    row[j] /= by;
                }
                for (int i = 0; i < size; i++) {
                    double times = rows[i][pivot];
                    for (int j = 0; j < 2 * size && i != pivot; j++) {
                        rows[i][j] -= times * row[j];
                    }
                }
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    result[first + i * size + j] = rounded(rows[i][size + j], dtype);
                }
            }
        }
        return Tensor.of(operand.shape(), dtype, result);
    }

    @Override
    public Tensor matMul(Tensor left, Tensor right) {
        Expression node = node(new Operation.MatMul(), left, right);
        int rank = left.shape().rank();
        int n = (int) left.shape().dimension(rank - 2);
        int k = (int) left.shape().dimension(rank - 1);
        int m = (int) right.shape().dimension(rank - 1);
        double[] result = new double[(int) node.shape().elementCount()];
        for (int at = 0; at < result.length; at++) {
            int column = at % m;
            int row = at / m;
            double sum = 0;
            for (int i = 0; i < k; i++) {
                double product = rounded(
                        left.number(row * k + i, node.dtype())
                                * right.number((row / n * k + i) * m + column, node.dtype()),
                        node.dtype());
                sum = rounded(sum + product, node.dtype());
            }
            result[at] = sum;
        }
        return Tensor.of(node.shape(), node.dtype(), result);
    }

    @Override
    public Tensor reshape(Shape to, Tensor operand) {
        return operand.pick(to, IntStream.range(0, operand.count()).toArray());
    }

    @Override
    public Tensor permute(List<Integer> axes, Tensor operand) {
        Shape shape = node(new Operation.Permute(axes), operand).shape();
        return operand.pick(
                shape,
                IntStream.range(0, operand.count())
                        .map(i -> {
                            int[] from = new int[shape.rank()];
                            int[] place = place(shape, i);
                            for (int axis = 0; axis < place.length; axis++) {
                                from[axes.get(axis)] = place[axis];
                            }
                            return at(operand.shape(), from);
                        })
                        .toArray());
    }

    @Override
    public Tensor slice(int axis, long from, long length, Tensor operand) {
        return along(node(new Operation.Slice(axis, from, length), operand).shape(), axis, operand, i -> i + from);
    }

    @Override
    public Tensor repeat(int axis, long times, long length, Tensor operand) {
        return along(node(new Operation.Repeat(axis, times, length), operand).shape(), axis, operand, i -> i / times);
    }

    private static Tensor along(Shape shape, int axis, Tensor operand, LongUnaryOperator placeOnAxis) {
        return operand.pick(
                shape,
                IntStream.range(0, (int) shape.elementCount())
                        .map(i -> {
                            int[] place = place(shape, i);
                            place[axis] = (int) placeOnAxis.applyAsLong(place[axis]);
                            return at(operand.shape(), place);
                        })
                        .toArray());
    }

    @Override
    public Tensor concat(int axis, List<Tensor> operands) {
        Expression node = node(new Operation.Concat(axis), operands.toArray(Tensor[]::new));
        int count = (int) node.shape().elementCount();
        double[] numbers = node.dtype().isFloatingPoint() ? new double[count] : null;
        long[] integers = numbers == null ? new long[count] : null;
        for (int i = 0; i < count; i++) {
            int[] place = place(node.shape(), i);
            int operand = 0;
            while (place[axis] >= operands.get(operand).shape().dimension(axis)) {
                place[axis] -= (int) operands.get(operand).shape().dimension(axis);
                operand++;
            }
            Tensor from = operands.get(operand);
            if (numbers != null) {
                numbers[i] = from.number(at(from.shape(), place), node.dtype());
            } else {
                integers[i] = from.integers()[at(from.shape(), place)];
            }
        }
        return new Tensor(node.shape(), node.dtype(), numbers, integers, false);
    }

    @Override
    public Tensor norm(List<Integer> axes, Tensor operand) {
        Expression node = node(new Operation.Norm(axes), operand);
        double[] sums = new double[(int) node.shape().elementCount()];
        for (int i = 0; i < operand.count(); i++) {
            double value = operand.number(i, node.dtype());
            sums[broadcast(node.shape(), operand.shape(), i)] += value * value;
        }
        return Tensor.of(
                node.shape(),
                node.dtype(),
                Arrays.stream(sums)
                        .map(sum -> rounded(Math.sqrt(sum), node.dtype()))
                        .toArray());
    }

    @Override
    public Tensor cast(DType to, Tensor operand) {
        try {
            return read(operand.shape(), to, new DTypeConversion(operand.bytes(), operand.dtype(), to));
        } catch (IOException beyond) {
            throw new UncheckedIOException(beyond);
        }
    }

    @Override
    public Tensor lookup(Tensor table, Tensor indices) {
        Shape shape = node(new Operation.Lookup(), table, indices).shape();
        int width = indices.count() == 0 ? 0 : (int) shape.elementCount() / indices.count();
        return table.pick(
                shape,
                IntStream.range(0, (int) shape.elementCount())
                        .map(i -> (int) indices.integers()[i / width] * width + i % width)
                        .toArray());
    }

    @Override
    public Tensor unpack(int bits, boolean highFirst, Shape to, Tensor words) {
        int width = words.dtype().bits();
        int fields = (int) to.dimension(to.rank() - 1);
        int perRow = (int) words.shape().dimension(to.rank() - 1);
        return new Tensor(
                to,
                DType.I32,
                null,
                LongStream.range(0, to.elementCount())
                        .map(at -> {
                            long value = 0;
                            for (int bit = 0; bit < bits; bit++) {
                                long place = at % fields * bits + bit;
                                long word = words.integers()[(int) (at / fields * perRow + place / width)];
                                int inWord = (int) (place % width);
                                long set = word >>> (highFirst ? width - 1 - inWord : inWord) & 1;
                                value |= set << (highFirst ? bits - 1 - bit : bit);
                            }
                            return value;
                        })
                        .toArray(),
                false);
    }
}
