package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.AddedValues;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A stored tensor that stays as it is where little or nothing was added to the values.
 *
 * @param fresh the one of the new values, of the same dtype and shape
 */
record Chosen(String operation, LazyTensor kept, LazyTensor fresh, Condition keeps) implements ComputedTensor {
    /** Whether it stays. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    Chosen {
        if (kept.dtype() != fresh.dtype() || !kept.shape().equals(fresh.shape())) {
            throw new IllegalArgumentException("lies there as " + kept.dtype() + " " + kept.shape()
                    + ", and would become " + fresh.dtype() + " " + fresh.shape());
        }
    }

    /** Codes, which are the same for the same values. */
    static Chosen codes(AddedValues added, LazyTensor kept, LazyTensor fresh) {
        return new Chosen("codes, kept if nothing is added", kept, fresh, added::isNothing);
    }

    /** What lies beside codes, which stays where all of it does. */
    static Chosen scales(AddedValues added, LazyTensor kept, LazyTensor fresh) {
        return new Chosen("scales, kept if the update is below their step", kept, fresh, added::keepsScales);
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
    public Optional<Object> pass() {
        return fresh.pass();
    }

    @Override
    public Optional<String> blockType() {
        return kept.blockType();
    }

    @Override
    public TensorData materialize() throws IOException {
        return keeps.holds() ? kept.materialize() : fresh.materialize();
    }
}
