package io.graft.convert;

import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.rules.RuledTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Rounding;
import io.graft.tensor.ValueCount;
import java.io.IOException;
import java.util.Optional;

/**
 * A tensor with its new name, and its dtype as it will be.
 *
 * @param rounding what becomes of the values if that is another one
 */
record PlannedTensor(RuledTensor tensor, DType dtype, Rounding rounding) {
    static PlannedTensor of(RuledTensor tensor, Conversion conversion) {
        DType own = tensor.value().dtype();
        DType dtype = conversion.dtype().filter(wanted -> own.isFloatingPoint()).orElse(own);
        return new PlannedTensor(tensor, dtype, new Rounding(true, false));
    }

    String name() {
        return tensor.name();
    }

    LazyTensor value() {
        return tensor.value();
    }

    OutputTensor output(Optional<String> sameAs) {
        return dtype == value().dtype()
                ? OutputTensor.of(name(), value(), value()::materialize, sameAs)
                : new OutputTensor(
                        name(),
                        dtype,
                        value().shape(),
                        () -> new DTypeConversion(value().materialize(), value().dtype(), dtype, rounding),
                        sameAs);
    }

    ConvertedTensor converted() {
        return new ConvertedTensor(
                tensor.key(),
                name(),
                value().dtype(),
                dtype,
                value().shape(),
                value().provenance(),
                tensor.isMoved(),
                rounding.maxRelativeError());
    }

    /** What was lost, in words; empty if nothing was. */
    Optional<String> loss() throws IOException {
        if (!rounding.isDoubtful()) {
            return Optional.empty();
        }
        return Optional.of(
                ValueCount.of(value().materialize(), value().dtype(), dtype).overflow(name()));
    }
}
