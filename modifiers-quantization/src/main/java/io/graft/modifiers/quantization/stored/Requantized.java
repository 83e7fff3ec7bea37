package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.modifiers.quantization.scheme.AddedValues;
import io.graft.modifiers.quantization.scheme.KeptScales;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A weight that lies in codes, and that others take the place of.
 *
 * @param name of the weight
 * @param result what values are rounded to when they are restored
 * @param stored the tensors that lie there, by their names after the module
 * @param held the values that they hold
 * @param form what such tensors stand for
 * @param said what {@code config.json} has to say; empty if it says it already
 * @param recipe by which they are made
 */
record Requantized(
        String name,
        DType result,
        Map<String, LazyTensor> stored,
        LazyTensor held,
        Form form,
        Optional<StorageConfiguration> said,
        Recipe recipe) {
    /**
     * The same codes for other values: as they lie there if these are the same, with the same scales if they hardly differ.
     *
     * @param allowed the largest relative error that is put up with
     */
    Parametrization with(LazyTensor values, double allowed) {
        LazyTensor known = ExpressionTensors.evaluate(recipe.known(), "scales", Optional.empty(), stored);
        LazyTensor now = recipe.laying().of(values);
        AddedValues added =
                new AddedValues(name, recipe.scheme(), recipe.laying().of(held), now, known);
        QuantizedWeight weight = new QuantizedWeight(
                name, now, new KeptScales(recipe.scheme(), added, recipe.restoring()), result, allowed);
        Map<String, LazyTensor> all = new LinkedHashMap<>(stored);
        recipe.codes()
                .forEach((slot, making) -> all.put(slot, Chosen.codes(added, stored.get(slot), making.of(weight))));
        recipe.scales()
                .forEach((slot, making) -> all.put(slot, Chosen.scales(added, stored.get(slot), making.of(weight))));
        return new StoredWeight(weight, all, form, said, Optional.of(added), recipe);
    }
}
