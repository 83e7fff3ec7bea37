package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.AddedValues;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stored tensor beside codes that stays as it is where so little was added that scales stay.
 *
 * @param fresh the one for new scales, of the same dtype and shape
 */
record Chosen(AddedValues added, LazyTensor kept, LazyTensor fresh) implements ComputedTensor {
    @Override
    public String operation() {
        return "scales, kept if the update is below their step";
    }

    @Override
    public DType dtype() {
        return kept.dtype();
    }

    @Override
    public Shape shape() {
        return kept.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return Stream.concat(Stream.of(kept), fresh.inputs().stream())
                .distinct()
                .toList();
    }

    @Override
    public TensorData materialize() throws IOException {
        return added.isBelowStep() ? kept.materialize() : fresh.materialize();
    }
}
