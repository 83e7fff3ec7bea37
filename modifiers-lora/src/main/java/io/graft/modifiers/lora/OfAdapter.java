package io.graft.modifiers.lora;

import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.Form;
import io.graft.model.OwnedTensor;
import io.graft.model.Parametrization;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * An update that stands on a weight, with what the adapter's files say of it, so that the adapter can be saved from wherever it is.
 *
 * @param path what the files call the module, or the tensor that was trained whole
 * @param settings of the adapter
 */
record OfAdapter(Parametrization update, String path, AdapterSettings settings) implements Parametrization {
    @Override
    public String id() {
        return update.id();
    }

    @Override
    public String description() {
        return update.description();
    }

    @Override
    public List<OwnedTensor> owned() {
        return update.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        return update.form(below);
    }
}
