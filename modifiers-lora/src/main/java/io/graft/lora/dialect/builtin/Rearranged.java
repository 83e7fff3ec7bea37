package io.graft.lora.dialect.builtin;

import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.Map;
import java.util.Optional;

/** The same elements in other places, exact to the bit. */
final class Rearranged {
    private Rearranged() {}

    /** A matrix with its axes exchanged. */
    static LazyTensor transposed(LazyTensor matrix) {
        return evaluate("transpose", transpose(stored(matrix)));
    }

    /**
     * The outputs of an attention's projection, head by head, where the rotary embedding pairs neighbours, put so that it pairs the
     * halves of a head.
     *
     * @param tensor its first axis is that of the outputs
     */
    static LazyTensor fromNeighbours(LazyTensor tensor, long heads) {
        return rotary("put rotary neighbours into halves", tensor, heads, true);
    }

    /** The other way. */
    static LazyTensor fromHalves(LazyTensor tensor, long heads) {
        return rotary("put rotary halves side by side", tensor, heads, false);
    }

    private static LazyTensor rotary(String operation, LazyTensor tensor, long heads, boolean fromNeighbours) {
        long half = tensor.shape().dimension(0) / heads / 2;
        long inner = tensor.shape().elementCount() / tensor.shape().dimension(0);
        Shape parts = fromNeighbours ? Shape.of(heads, half, 2, inner) : Shape.of(heads, 2, half, inner);
        Expression exchanged = permute(reshape(stored(tensor), parts), 0, 2, 1, 3);
        return evaluate(operation, reshape(exchanged, tensor.shape()));
    }

    private static LazyTensor evaluate(String operation, Expression expression) {
        return ExpressionTensors.evaluate(expression, operation, Optional.empty(), Map.of());
    }
}
