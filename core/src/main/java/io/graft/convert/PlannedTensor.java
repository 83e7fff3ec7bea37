package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.rules.RuledTensor;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Rounding;
import io.graft.tensor.TensorData;
import io.graft.tensor.ValueCount;
import java.io.IOException;
import java.util.Optional;

/**
 * A tensor with its new name, and as it will be.
 *
 * @param written what the output holds of it
 * @param rounding what becomes of the values if they get another dtype
 */
record PlannedTensor(RuledTensor tensor, LazyTensor written, Rounding rounding) {
    static PlannedTensor of(RuledTensor tensor, Conversion conversion, Checkpoint input, OutputPlace place) {
        LazyTensor written = conversion
                .dtype()
                .map(dtype -> dtype.written(tensor, input, place.writer()))
                .orElse(tensor.value());
        return new PlannedTensor(tensor, written, new Rounding(true, false));
    }

    String name() {
        return tensor.name();
    }

    LazyTensor value() {
        return tensor.value();
    }

    /** Whether it is written as it lies or, of one that rules move, as they leave it. */
    boolean isKept() {
        return written == value() || isStored();
    }

    /** Whether it is written as it lies, though it means something else. */
    private boolean isStored() {
        return written != value() && written.inputs().isEmpty();
    }

    /** Whether its bytes are copied, which are blocks. */
    boolean isCopyOfBlocks() {
        return isKept() && written.blockType().isPresent();
    }

    /** The dtype of its numbers: of those that blocks stand for, too. */
    DType dtype() {
        return written.blockType().isPresent() ? value().dtype() : written.dtype();
    }

    OutputTensor output(Optional<String> sameAs) {
        return OutputTensor.of(name(), written, this::materialize, sameAs);
    }

    private TensorData materialize() throws IOException {
        return written != value() && written instanceof CastTensor cast
                ? cast.materialize(rounding)
                : written.materialize();
    }

    ConvertedTensor converted() {
        String to = written == value()
                ? value().dtype().name()
                : written.blockType().orElse(written.dtype().name());
        return new ConvertedTensor(
                tensor.key(),
                name(),
                isKept() ? to : value().dtype().name(),
                to,
                value().shape(),
                written.dtype().byteCount(written.shape()),
                value().provenance(),
                tensor.isMoved(),
                rounding.maxRelativeError());
    }

    /** What was lost, in words; empty if nothing was. */
    Optional<String> loss() throws IOException {
        if (!rounding.isDoubtful()) {
            return Optional.empty();
        }
        return Optional.of(ValueCount.of(value().materialize(), value().dtype(), written.dtype())
                .overflow(name()));
    }
}
