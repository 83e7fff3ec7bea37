package io.graft.modifiers.lora.method;

import io.graft.lora.method.AdaptedTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.AdapterMethods;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a method makes of one tensor. */
record MethodUpdate(AdapterMethod method, AdaptedTensor tensor, List<OwnedTensor> owned, String description)
        implements Parametrization {
    @Override
    public String id() {
        return AdapterMethods.id(method);
    }

    @Override
    public Form form(Expression.Below below) {
        Map<String, Expression.Owned> leaves = new LinkedHashMap<>();
        owned.forEach(each -> leaves.put(each.slot(), each.expression()));
        return method.form(tensor, below, leaves);
    }
}
