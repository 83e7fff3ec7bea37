package com.example.loha;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * A weight plus {@code scale * (w1_a @ w1_b) * (w2_a @ w2_b)}, the outer product element by element, as in "FedPara: Low-Rank Hadamard
 * Product for Communication-Efficient Federated Learning" (2021) and in LyCORIS.
 *
 * @param firstLeft {@code [out, rank]}
 * @param firstRight {@code [rank, in]}
 * @param secondLeft {@code [out, rank]}
 * @param secondRight {@code [rank, in]}
 */
record Loha(LazyTensor firstLeft, LazyTensor firstRight, LazyTensor secondLeft, LazyTensor secondRight, double scale)
        implements Parametrization {
    @Override
    public String id() {
        return "loha";
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(
                OwnedTensor.trained("hada_w1_a", firstLeft),
                OwnedTensor.trained("hada_w1_b", firstRight),
                OwnedTensor.trained("hada_w2_a", secondLeft),
                OwnedTensor.trained("hada_w2_b", secondRight));
    }

    @Override
    public Form form(Expression.Below below) {
        List<Expression.Owned> factors =
                owned().stream().map(OwnedTensor::expression).toList();
        Expression first = matMul(factors.get(0), factors.get(1));
        Expression second = matMul(factors.get(2), factors.get(3));
        Expression update = reshape(multiply(first, second), below.shape());
        return new Form.Plain(add(below, multiply(update, constant(scale))));
    }
}
