package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * A bias plus the scaled bias of a factor.
 *
 * @param description the update, in a few words
 */
public record BiasUpdate(String description, OwnedTensor addend, double scale) implements Parametrization {
    public static BiasUpdate of(String description, LazyTensor addend, double scale) {
        return new BiasUpdate(description, OwnedTensor.trained("lora_bias", addend), scale);
    }

    @Override
    public String id() {
        return "lora";
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(addend);
    }

    @Override
    public Form form(Expression.Below below) {
        return new Form.Plain(add(below, multiply(Factors.wide(addend, below), constant(scale))));
    }
}
