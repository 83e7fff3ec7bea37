package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Makes expressions of any kind, and the tensors that they are computed from. */
final class RandomExpressions {
    private static final List<DType> FLOATS = List.of(DType.F32, DType.BF16, DType.F16, DType.F64, DType.F32);
    private static final List<DType> INTEGERS =
            List.of(DType.U8, DType.I8, DType.I16, DType.I32, DType.I64, DType.BOOL);

    private final SplittableRandom random;
    private final List<Expression> nodes = new ArrayList<>();
    private final Map<String, LazyTensor> owned = new HashMap<>();
    private final LazyTensor below;

    RandomExpressions(long seed) {
        random = new SplittableRandom(seed);
        below = numbers(pick(FLOATS), shape());
        nodes.add(new Expression.Below(below.shape(), below.dtype()));
        for (int i = 0; i < 3; i++) {
            LazyTensor tensor = numbers(pick(FLOATS), random.nextBoolean() ? below.shape() : shape());
            owned.put("slot" + i, tensor);
            nodes.add(new Expression.Owned("slot" + i, tensor.shape(), tensor.dtype()));
        }
        nodes.add(Expressions.stored(integers(pick(INTEGERS), below.shape(), 2)));
        nodes.add(Expressions.constant(random.nextInt(-8, 9) / 4.0));
    }

    LazyTensor below() {
        return below;
    }

    Map<String, LazyTensor> owned() {
        return owned;
    }

    /** An expression of so many more nodes, of which it uses some. */
    Expression next(int count) {
        for (int made = 0; made < count; ) {
            try {
                Expression node = node();
                if (node.shape().elementCount() <= 3000) {
                    nodes.add(node);
                    made++;
                }
            } catch (IllegalArgumentException misfit) {
                // Another one, then.
            }
        }
        return nodes.get(nodes.size() - 1);
    }

    private Expression node() {
        Expression one = recent();
        int rank = one.shape().rank();
        int axis = rank == 0 ? 0 : random.nextInt(rank);
        long size = rank == 0 ? 1 : one.shape().dimension(axis);
        long from = random.nextLong(size + 1);
        long times = random.nextLong(1, 4);
        return switch (random.nextInt(16)) {
            case 0 -> Expressions.add(one, recent());
            case 1 -> Expressions.subtract(recent(), one);
            case 2 -> Expressions.multiply(one, recent());
            case 3 -> Expressions.divide(one, recent());
            case 4 -> random.nextBoolean() ? Expressions.sqrt(one) : Expressions.exp(one);
            case 5 -> Expressions.detach(one);
            case 6 -> Expressions.matMul(one, factor(one.shape()));
            case 7 -> Expressions.reshape(one, reshaped(one.shape()));
            case 8 -> Expressions.permute(one, permuted(rank));
            case 9 -> Expressions.slice(one, axis, from, random.nextLong(size - from + 1));
            case 10 ->
                random.nextBoolean()
                        ? Expressions.concat(axis, one, recent())
                        : Expressions.concat(axis, recent(), one, one);
            case 11 -> Expressions.repeat(one, axis, times, Math.max(0, size * times - random.nextInt(2)));
            case 12 -> norm(one, rank);
            case 13 -> Expressions.cast(one, pick(FLOATS));
            case 14 ->
                Expressions.lookup(one, Expressions.stored(integers(DType.I64, shape(), Math.max(1, topOf(one)))));
            default -> random.nextBoolean() ? unpacked() : inverse();
        };
    }

    private static long topOf(Expression table) {
        if (table.shape().rank() == 0 || table.shape().dimension(0) == 0) {
            throw new IllegalArgumentException("no rows");
        }
        return table.shape().dimension(0);
    }

    /** Sums of squares in 64 bits depend on their order, unless they are rounded to 32. */
    private Expression norm(Expression operand, int rank) {
        if (operand.dtype() == DType.F64) {
            throw new IllegalArgumentException("not exact");
        }
        Integer[] axes = IntStream.range(0, rank)
                .filter(axis -> random.nextBoolean())
                .boxed()
                .toArray(Integer[]::new);
        return Expressions.norm(operand, axes);
    }

    private Expression factor(Shape left) {
        List<Long> dimensions = new ArrayList<>(left.dimensions());
        int rank = dimensions.size();
        if (rank < 2) {
            throw new IllegalArgumentException("no matrix");
        }
        dimensions.set(rank - 2, dimensions.get(rank - 1));
        dimensions.set(rank - 1, random.nextLong(0, 6));
        return Expressions.stored(numbers(pick(FLOATS), new Shape(dimensions)));
    }

    private Expression unpacked() {
        DType dtype = pick(List.of(DType.U8, DType.I8, DType.I16, DType.I32, DType.I64));
        Shape words = Shape.of(random.nextLong(1, 4), random.nextLong(1, 5));
        int bits = random.nextInt(1, 17);
        long fields = words.dimension(1) * dtype.bits() / bits;
        return Expressions.unpack(
                Expressions.stored(integers(dtype, words, 128)),
                bits,
                random.nextBoolean(),
                Shape.of(words.dimension(0), Math.max(0, fields - random.nextInt(2))));
    }

    private Expression inverse() {
        int batch = random.nextInt(1, 3);
        int size = random.nextInt(1, 5);
        double[] values = new double[batch * size * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-4, 5) + (i % (size * size) % (size + 1) == 0 ? 32 : 0);
        }
        return Expressions.inverse(Expressions.stored(Tensors.of(pick(FLOATS), Shape.of(batch, size, size), values)));
    }

    private Shape reshaped(Shape shape) {
        long count = shape.elementCount();
        long first = random.nextLong(1, 5);
        if (count == 0 || count % first != 0) {
            return Shape.of(count);
        }
        return random.nextBoolean() ? Shape.of(first, count / first) : Shape.of(count / first, 1, first);
    }

    private Integer[] permuted(int rank) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            axes.add(random.nextInt(axes.size() + 1), axis);
        }
        return axes.toArray(Integer[]::new);
    }

    /** One of the nodes, more often of the last. */
    private Expression recent() {
        int last = nodes.size() - 1;
        return nodes.get(
                random.nextBoolean() ? last - random.nextInt(Math.min(3, last + 1)) : random.nextInt(last + 1));
    }

    private Shape shape() {
        return new Shape(random.longs(random.nextInt(4), 0, 12)
                .map(size -> size > 8 ? 1 : size)
                .boxed()
                .toList());
    }

    private LazyTensor numbers(DType dtype, Shape shape) {
        double[] values = new double[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() * 4 - 2;
        }
        return Tensors.of(dtype, shape, values);
    }

    private LazyTensor integers(DType dtype, Shape shape, long limit) {
        double[] values = new double[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong(limit);
        }
        return Tensors.of(dtype, shape, values);
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
