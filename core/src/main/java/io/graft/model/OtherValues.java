package io.graft.model;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A storage of values that did not come of those before, so that nothing was added to these.
 *
 * @param storage of the new ones
 */
record OtherValues(Parametrization storage) implements Parametrization {
    /** What is lost of values, whatever was there before. */
    private record OfThemselves(Loss loss) implements Loss {
        @Override
        public double expected() {
            return loss.expected();
        }

        @Override
        public OptionalDouble measured() {
            return loss.measured();
        }

        @Override
        public double allowed() {
            return loss.allowed();
        }
    }

    @Override
    public String id() {
        return storage.id();
    }

    @Override
    public String description() {
        return storage.description();
    }

    @Override
    public Role role() {
        return storage.role();
    }

    @Override
    public Map<String, String> remarks() {
        return storage.remarks();
    }

    @Override
    public Parametrization requantized(LazyTensor values) {
        return storage.requantized(values);
    }

    @Override
    public Optional<Loss> loss() {
        return storage.loss().map(OfThemselves::new);
    }

    @Override
    public Optional<StorageConfiguration> configuration() {
        return storage.configuration();
    }

    @Override
    public List<OwnedTensor> owned() {
        return storage.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        return storage.form(below);
    }
}
