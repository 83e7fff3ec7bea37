package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.cast;

import io.graft.model.OwnedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * The two narrow tensors that an update is the product of.
 *
 * @param a what the layer's inputs are multiplied by first; its first axis is the rank
 * @param b what the result of that is multiplied by; its first axis is that of the layer's outputs
 * @param scale what the product is multiplied by
 */
public record Factors(OwnedTensor a, OwnedTensor b, double scale) {
    public static Factors of(LazyTensor a, LazyTensor b, double scale) {
        return new Factors(OwnedTensor.trained("lora_A", a), OwnedTensor.trained("lora_B", b), scale);
    }

    List<OwnedTensor> owned() {
        return List.of(a, b);
    }

    Expression a(Expression.Below below) {
        return wide(a, below);
    }

    Expression b(Expression.Below below) {
        return wide(b, below);
    }

    /** In 64 bits for a weight of 64, so that nothing is rounded before it is added. */
    static Expression wide(OwnedTensor factor, Expression.Below below) {
        return below.dtype() == DType.F64 ? cast(factor.expression(), DType.F64) : factor.expression();
    }
}
