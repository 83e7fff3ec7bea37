package io.graft.modifiers.lora.update;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * Trained values in the place of those that a tensor has.
 *
 * @param description the update, in a few words
 * @param saved of the tensor's shape
 */
public record SavedTensor(String description, OwnedTensor saved) implements Parametrization {
    /** Its {@link #id}. */
    public static final String ID = "saved";

    public static SavedTensor of(String description, LazyTensor saved) {
        return new SavedTensor(description, OwnedTensor.trained("saved", saved));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(saved);
    }

    @Override
    public Form form(Expression.Below below) {
        return new Form.Plain(saved.expression());
    }
}
