package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * The weight of a linear layer plus {@code scale * B A}.
 *
 * @param description the update, in a few words
 * @param factors {@code A [rank, in]} and {@code B [out, rank]}
 * @param transposed whether the weight is stored as {@code [in, out]}: that of an embedding, and of GPT-2's layers
 */
public record LinearUpdate(String description, Factors factors, boolean transposed) implements Parametrization {
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
        Expression a = factors.a(below);
        Expression b = factors.b(below);
        return transposed
                ? new Form.LowRank(below, transpose(a), transpose(b), factors.scale(), factors.dropout())
                : new Form.LowRank(below, b, a, factors.scale(), factors.dropout());
    }
}
