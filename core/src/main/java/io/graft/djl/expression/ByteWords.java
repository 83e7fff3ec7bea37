package io.graft.djl.expression;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.unpack;

import io.graft.djl.array.RawArrays;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.IdentityHashMap;
import java.util.List;

/** Unsigned words of 32 bits, which the engine lacks, as their bytes: bit fields that begin with the lowest bits lie in both alike. */
final class ByteWords {
    private ByteWords() {}

    /** Whether a node takes fields out of words that have them in the order of their bytes. */
    static boolean areFields(Expression.Computed node) {
        return node.operation() instanceof Operation.Unpack unpack
                && !unpack.highFirst()
                && areWords(node.operands().get(0));
    }

    private static boolean areWords(Expression node) {
        return node instanceof Expression.Owned owned
                && RawArrays.isRaw(owned.dtype())
                && owned.dtype().bits() == Integer.SIZE;
    }

    /** An expression of the same values; the same one if it has no such words. */
    static Expression inBytes(Expression root) {
        if (!root.anyMatch(ByteWords::areWords)) {
            return root;
        }
        IdentityHashMap<Expression, Expression> now = new IdentityHashMap<>();
        for (Expression node : root.nodes()) {
            now.put(node, node instanceof Expression.Computed computed ? inBytes(computed, now) : leaf(node));
        }
        return now.get(root);
    }

    private static Expression inBytes(Expression.Computed node, IdentityHashMap<Expression, Expression> now) {
        if (areFields(node)) {
            Expression words = node.operands().get(0);
            int last = words.shape().rank() - 1;
            Operation.Unpack fields = (Operation.Unpack) node.operation();
            Shape row = words.shape().with(last, words.shape().dimension(last) * Integer.BYTES);
            return unpack(reshape(bytes(words), row), fields.bits(), false, fields.to());
        }
        List<Expression> operands = node.operands().stream().map(now::get).toList();
        return operands.equals(node.operands()) ? node : new Expression.Computed(node.operation(), operands);
    }

    private static Expression leaf(Expression node) {
        if (!areWords(node)) {
            return node;
        }
        Expression sum = number(node, Integer.BYTES - 1);
        for (int at = Integer.BYTES - 2; at >= 0; at--) {
            sum = add(multiply(sum, constant(1 << Byte.SIZE)), number(node, at));
        }
        return cast(reshape(sum, node.shape()), DType.I64);
    }

    /** One byte of each word. */
    private static Expression number(Expression words, int at) {
        return cast(slice(bytes(words), words.shape().rank(), at, 1), DType.F64);
    }

    private static Expression bytes(Expression words) {
        Expression.Owned owned = (Expression.Owned) words;
        return new Expression.Owned(owned.slot(), RawArrays.shape(owned.dtype(), owned.shape()), DType.U8);
    }
}
