package io.graft.modifiers.lora;

import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.lora.options.StandingOptions;
import io.graft.modifiers.lora.target.Targets;
import io.graft.modifiers.lora.use.AdapterFiles;
import io.graft.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Where an adapter stands on a model. */
record AdapterPlace(StandingOptions standing) {
    /**
     * Puts it there, freezes the rest, and has the adapter written.
     *
     * @param putting puts its updates there, and tells whether it did
     */
    void put(ModelDraft model, ModifierContext context, BooleanSupplier putting) {
        String adapter = standing.adapter();
        List<String> present = model.adapters().stream().map(Adapter::name).toList();
        if (present.contains(adapter)) {
            if (!standing.replace()) {
                context.error(
                        ProblemCode.NAME_COLLISION,
                        "adapter",
                        "the model has an adapter `" + adapter + "` already",
                        "give this one another name, or let it take the other's place with replace = true");
                return;
            }
            // First of all: what the new one starts with must not see the old one.
            model.unparametrize(adapter);
        }
        if (!putting.getAsBoolean()) {
            return;
        }
        if (model.adapters().stream().noneMatch(put -> put.name().equals(adapter))) {
            context.error(
                    ProblemCode.UNMATCHED_SELECTOR,
                    "adapter",
                    "the adapter `" + adapter + "` would adapt nothing of the model",
                    "name modules that the model has; the warnings tell which names fit nothing");
            return;
        }
        if (!standing.trainBase()) {
            Targets.own(model)
                    .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                    .toList()
                    .forEach(tensor -> model.freeze(tensor.name()));
        }
        if (standing.weight() != 1) {
            Map<String, Double> weights = new LinkedHashMap<>();
            model.adapters().forEach(other -> weights.put(other.name(), other.weight()));
            weights.put(adapter, standing.weight());
            model.activate(weights);
        }
        context.adapter(adapter, AdapterFiles.of(model, adapter));
    }
}
