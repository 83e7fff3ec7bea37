package io.graft.djl.expression;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.EngineCast;
import io.graft.djl.array.EngineNumbers;
import io.graft.djl.array.Shapes;
import io.graft.djl.operators.Operator;
import io.graft.djl.operators.Operators;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Evaluator;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.RowExpression;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Runs expressions on the engine's arrays, through which gradients flow to what is trained. Every result lies in one scope: by
 * itself the engine would keep it for as long as the parameter that it is computed from.
 */
public final class ArrayEvaluator implements Evaluator<NDArray> {
    private final Leaves leaves;
    private final NDManager scope;
    private final boolean ofRows;

    /** Arrays that are there, and not the evaluator's. */
    private final Set<NDArray> given = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Set<NDArray> numbers = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The tensors that an expression is about. */
    public interface Leaves {
        NDArray below();

        NDArray owned(String slot);

        NDArray stored(Expression.Stored stored);
    }

    /**
     * @param scope keeps all results until it is closed
     */
    public ArrayEvaluator(Leaves leaves, NDManager scope) {
        this(leaves, scope, false);
    }

    private ArrayEvaluator(Leaves leaves, NDManager scope, boolean ofRows) {
        this.leaves = leaves;
        this.scope = scope;
        this.ofRows = ofRows;
    }

    /** One for {@link RowExpression#rows}, whose leaves have as many rows as are looked up. */
    public static ArrayEvaluator ofRows(Leaves leaves, NDManager scope) {
        return new ArrayEvaluator(leaves, scope, true);
    }

    /**
     * {@code below + scale * (left @ right)}, the product in the shape of what is below: what the expression gives, to the bit, in one array
     * and in as few calls of the engine.
     */
    public NDArray plusProduct(Expression left, Expression right, double scale) {
        NDArray below = give(leaves.below());
        NDArray product = matMul(evaluate(left), evaluate(right));
        if (scale != 1) {
            // Nothing else has the product, and no gradient needs it.
            EngineNumbers.timesInPlace(product, scale);
        }
        NDArray sum = as(computing(below, product), product);
        NDArray shaped = sum.getShape().equals(below.getShape()) ? sum : keep(sum.reshape(below.getShape()));
        return shaped.addi(as(shaped.getDataType(), below));
    }

    @Override
    public NDArray below(Expression.Below below) {
        return give(leaves.below());
    }

    @Override
    public NDArray owned(Expression.Owned owned) {
        return give(leaves.owned(owned.slot()));
    }

    @Override
    public NDArray stored(Expression.Stored stored) {
        return give(leaves.stored(stored));
    }

    @Override
    public NDArray constant(Expression.Constant constant) {
        NDArray number = EngineNumbers.of(scope, constant.value());
        numbers.add(number);
        return number;
    }

    @Override
    public NDArray arithmetic(Operation.Arithmetic operation, NDArray left, NDArray right) {
        DataType type = computing(left, right);
        NDArray a = as(type, left);
        NDArray b = as(type, right);
        return keep(
                switch (operation) {
                    case ADD -> a.add(b);
                    case SUBTRACT -> a.sub(b);
                    case MULTIPLY -> a.mul(b);
                    case DIVIDE -> a.div(b);
                });
    }

    @Override
    public NDArray function(Operation.Function function, NDArray operand) {
        if (function == Operation.Function.DETACH) {
            return keep(operand.stopGradient());
        }
        NDArray a = as(computing(operand), operand);
        return keep(
                switch (function) {
                    case SQRT -> a.sqrt();
                    case EXP -> a.exp();
                    case INVERSE -> a.inverse();
                    case DETACH -> throw new AssertionError(function);
                });
    }

    @Override
    public NDArray matMul(NDArray left, NDArray right) {
        DataType type = computing(left, right);
        return keep(as(type, left).matMul(as(type, right)));
    }

    @Override
    public NDArray reshape(Shape to, NDArray operand) {
        return keep(operand.reshape(ofRows ? asLong(to, -1) : Shapes.engine(to)));
    }

    private static ai.djl.ndarray.types.Shape asLong(Shape shape, long rows) {
        long[] sizes = Shapes.engine(shape).getShape().clone();
        if (sizes.length > 0) {
            sizes[0] = rows;
        }
        return new ai.djl.ndarray.types.Shape(sizes);
    }

    @Override
    public NDArray permute(List<Integer> axes, NDArray operand) {
        return keep(operand.transpose(axes.stream().mapToInt(axis -> axis).toArray()));
    }

    @Override
    public NDArray slice(int axis, long from, long length, NDArray operand) {
        return keep(operand.get(NDIndex.sliceAxis(axis, from, from + length)));
    }

    @Override
    public NDArray concat(int axis, List<NDArray> operands) {
        boolean same = operands.stream().map(NDArray::getDataType).distinct().count() == 1;
        DataType type = same ? operands.get(0).getDataType() : computing(operands.toArray(NDArray[]::new));
        NDList parts = new NDList();
        operands.forEach(operand -> parts.add(as(type, operand)));
        return keep(NDArrays.concat(parts, axis));
    }

    @Override
    public NDArray repeat(int axis, long times, long length, NDArray operand) {
        NDArray repeated = keep(operand.repeat(axis, times));
        return repeated.getShape().get(axis) == length ? repeated : slice(axis, 0, length, repeated);
    }

    @Override
    public NDArray norm(List<Integer> axes, NDArray operand) {
        NDArray a = as(computing(operand), operand);
        return keep(a.norm(2, axes.stream().mapToInt(axis -> axis).toArray(), true));
    }

    @Override
    public NDArray cast(DType to, NDArray operand) {
        if (to == DType.BF16) {
            // The engine has no such arrays: numbers of 32 bits stand for them.
            return keep(Operators.run(Operator.ROUND_BFLOAT16, as(DataType.FLOAT32, operand))
                    .singletonOrThrow());
        }
        return as(DataTypes.writable(to).orElseThrow(), operand);
    }

    @Override
    public NDArray lookup(NDArray table, NDArray indices) {
        ai.djl.ndarray.types.Shape row = table.getShape().slice(1);
        NDArray flat = keep(table.reshape(table.getShape().get(0), row.size()));
        NDArray wide = as(DataType.INT64, indices);
        NDArray rows = keep(wide.getNDArrayInternal()
                .embedding(wide, flat, SparseFormat.DENSE)
                .singletonOrThrow());
        return keep(rows.reshape(indices.getShape().addAll(row)));
    }

    /** The engine has no bit operations; quotients and remainders by powers of two are exact in 64 bits. */
    @Override
    public NDArray unpack(int bits, boolean highFirst, Shape to, NDArray integers) {
        return new BitFields(this, bits, highFirst)
                .of(
                        integers,
                        ofRows && to.rank() > 1 ? asLong(to, integers.getShape().get(0)) : Shapes.engine(to));
    }

    /** Takes a result into the scope. */
    NDArray keep(NDArray result) {
        // The engine gives an operand itself where there is nothing to do.
        if (!given.contains(result)) {
            result.attach(scope);
        }
        return result;
    }

    /** The same values in another type. */
    NDArray as(DataType type, NDArray operand) {
        return keep(EngineCast.of(type, operand));
    }

    private NDArray give(NDArray array) {
        given.add(array);
        return array;
    }

    /** 64 bits if any operand has them; a number has none of its own. */
    private DataType computing(NDArray... operands) {
        for (NDArray operand : operands) {
            if (operand.getDataType() == DataType.FLOAT64 && !numbers.contains(operand)) {
                return DataType.FLOAT64;
            }
        }
        return DataType.FLOAT32;
    }
}
