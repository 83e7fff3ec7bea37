package io.graft.modifiers.lora.update;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * A part of what another update changes.
 *
 * @param weight how much of it, below 0 too
 */
public record Weighted(Parametrization update, double weight) implements Parametrization {
    /** The update itself, where all of it counts. */
    public static Parametrization of(Parametrization update, double weight) {
        return weight == 1 ? update : new Weighted(update, weight);
    }

    @Override
    public String id() {
        return update.id();
    }

    @Override
    public String description() {
        return update.description() + ", weight " + weight;
    }

    @Override
    public List<OwnedTensor> owned() {
        return update.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        return update.form(below).weighted(below, weight);
    }
}
