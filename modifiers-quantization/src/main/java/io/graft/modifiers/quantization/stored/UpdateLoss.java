package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Loss;
import io.graft.modifiers.quantization.scheme.AddedValues;
import java.util.Optional;
import java.util.OptionalDouble;

/** What is lost of values that came of an update of others. */
record UpdateLoss(Loss loss, AddedValues added) implements Loss {
    @Override
    public double expected() {
        return loss.expected();
    }

    @Override
    public OptionalDouble measured() {
        boolean isNothing =
                added.measured().filter(update -> update.size() == 0).isPresent();
        return isNothing ? OptionalDouble.of(0) : loss.measured();
    }

    @Override
    public double allowed() {
        return loss.allowed();
    }

    @Override
    public Optional<Update> update() {
        return added.measured();
    }
}
