package io.graft.modifiers.quantization.stored;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.StorageMaker;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other values for weights that lie in a checkpoint, in every layout in which Graft can make them anew. */
@AutoService(StorageMaker.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class FoundMaker implements StorageMaker {
    private static final List<FoundLayout> LAYOUTS = List.of(
            new FoundBitsAndBytes(),
            new FoundCompressed(),
            new FoundFp8(),
            new FoundFp4(),
            new FoundMlx(),
            new FoundGguf(),
            new FoundGptq(),
            new FoundAwq(),
            new FoundTorchao(),
            new FoundComfy());

    /** As {@link java.util.ServiceLoader} needs it. */
    public FoundMaker() {}

    @Override
    public boolean makes(TensorSet set) {
        return set.value().isPresent() && layout(set).isPresent();
    }

    private static Optional<FoundLayout> layout(TensorSet set) {
        return LAYOUTS.stream()
                .filter(layout -> layout.id().equals(set.layout()))
                .findFirst();
    }

    @Override
    public Parametrization storage(TensorSet set, Map<String, LazyTensor> parts, LazyTensor values, double allowed) {
        FoundLayout layout = layout(set).orElseThrow();
        FoundSet found = new FoundSet(set);
        LazyTensor held = ExpressionTensors.evaluate(found.value(), set.scheme(), Optional.empty(), parts);
        return new Requantized(
                        set.name(),
                        set.dtype(),
                        parts,
                        held,
                        layout.form(found),
                        Optional.empty(),
                        layout.recipe(found))
                .with(values, allowed);
    }
}
