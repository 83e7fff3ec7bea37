package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * The weights of several experts in one tensor, each plus {@code scale * B A} with factors of its own.
 *
 * @param description the update, in a few words
 * @param factors {@code A [experts * rank, in]}, expert by expert, and {@code B [out, rank * experts]}, where the experts' columns take
 *     turns
 * @param transposed whether the weights are stored as {@code [experts, in, out]}, and not as {@code [experts, out, in]}
 */
public record ExpertUpdate(String description, Factors factors, boolean transposed) implements Parametrization {
    @Override
    public String id() {
        return "lora";
    }

    @Override
    public List<OwnedTensor> owned() {
        return factors.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        long experts = below.shape().dimension(0);
        Expression a = factors.a(below);
        Expression b = factors.b(below);
        long rank = a.shape().dimension(0) / experts;
        Expression eachA = reshape(a, Shape.of(experts, rank, a.shape().dimension(1)));
        Expression eachB = permute(reshape(b, Shape.of(b.shape().dimension(0), rank, experts)), 2, 0, 1);
        return transposed
                ? new Form.LowRank(below, transpose(eachA), transpose(eachB), factors.scale(), factors.dropout())
                : new Form.LowRank(below, eachB, eachA, factors.scale(), factors.dropout());
    }
}
