package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.cast;

import io.graft.model.parametrization.OwnedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The two narrow tensors that an update is the product of.
 *
 * @param a what the layer's inputs are multiplied by first; its first axis is the rank
 * @param b what the result of that is multiplied by; its first axis is that of the layer's outputs
 * @param scale what the product is multiplied by
 * @param dropout the part of the layer's inputs that the product does not see in training
 */
public record Factors(OwnedTensor a, OwnedTensor b, double scale, double dropout) {
    private static final Set<DType> COMPUTABLE = EnumSet.of(DType.F64, DType.F32, DType.F16, DType.BF16);

    /** Whether updates are computed of numbers of a dtype. */
    public static boolean areComputable(DType dtype) {
        return COMPUTABLE.contains(dtype);
    }

    /** That of what is trained for a weight: 64 bits for one of 64, and 32 for any other, however narrow it is. */
    public static DType dtypeFor(DType weight) {
        return weight == DType.F64 ? DType.F64 : DType.F32;
    }

    /** Those of a layer. */
    public static Factors of(LazyTensor a, LazyTensor b, double scale, double dropout) {
        return new Factors(OwnedTensor.trained("lora_A", a), OwnedTensor.trained("lora_B", b), scale, dropout);
    }

    /** Those of an embedding. */
    public static Factors ofEmbedding(LazyTensor a, LazyTensor b, double scale) {
        return new Factors(
                OwnedTensor.trained("lora_embedding_A", a), OwnedTensor.trained("lora_embedding_B", b), scale, 0);
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
