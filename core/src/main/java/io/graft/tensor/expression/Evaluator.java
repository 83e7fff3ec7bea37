package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A way to run expressions: on files, on live arrays with gradients, as the code of another language. Shapes and dtypes were
 * checked when the expression was made, and are those of the node.
 *
 * @param <T> what stands for a tensor
 */
public interface Evaluator<T> {
    T below(Expression.Below below);

    T owned(Expression.Owned owned);

    T stored(Expression.Stored stored);

    /** A number, which the other operand's type rounds. */
    T constant(Expression.Constant constant);

    T arithmetic(Operation.Arithmetic operation, T left, T right);

    T function(Operation.Function function, T operand);

    T matMul(T left, T right);

    T reshape(Shape to, T operand);

    T permute(List<Integer> axes, T operand);

    T slice(int axis, long from, long length, T operand);

    T concat(int axis, List<T> operands);

    T repeat(int axis, long times, long length, T operand);

    T norm(List<Integer> axes, T operand);

    T cast(DType to, T operand);

    T lookup(T table, T indices);

    T unpack(int bits, boolean highFirst, Shape to, T integers);

    /** Evaluates an expression; each node once, operands before what is computed from them. */
    default T evaluate(Expression root) {
        IdentityHashMap<Expression, T> values = new IdentityHashMap<>();
        for (Expression node : root.nodes()) {
            values.put(node, node.on(new Expression.Cases<T>() {
                @Override
                public T below(Expression.Below below) {
                    return Evaluator.this.below(below);
                }

                @Override
                public T owned(Expression.Owned owned) {
                    return Evaluator.this.owned(owned);
                }

                @Override
                public T stored(Expression.Stored stored) {
                    return Evaluator.this.stored(stored);
                }

                @Override
                public T constant(Expression.Constant constant) {
                    return Evaluator.this.constant(constant);
                }

                @Override
                public T computed(Expression.Computed computed) {
                    return computed.operation()
                            .on(
                                    Evaluator.this,
                                    computed.operands().stream()
                                            .map(values::get)
                                            .toList());
                }
            }));
        }
        return values.get(root);
    }
}
