package io.graft.models.head;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.models.arguments.Keys;
import java.util.List;

/**
 * Which head.
 *
 * @param name of the layer in the whole model
 * @param inputs width of the features
 * @param outputs how many numbers come out
 * @param dropout in training, of the features
 * @param initializerRange standard deviation of random weights
 */
public record HeadConfig(String name, int inputs, int outputs, float dropout, float initializerRange) {
    /** Reads it. */
    public static final class Reader implements Binder<HeadConfig> {
        @Override
        public List<String> keys() {
            return List.of("name", "inputs", "outputs", "dropout", "initializer-range");
        }

        @Override
        public Bound<HeadConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor);
            var name = keys.object()
                    .key("name", Decoders.string())
                    .check(Constraints.matches("[^.]+"))
                    .orDefault("classifier");
            var inputs = size(keys, "inputs");
            var outputs = size(keys, "outputs");
            var dropout = keys.fraction("dropout", "0");
            var deviation = keys.number("initializer-range", "0.02");
            return keys.object()
                    .finish(() ->
                            new HeadConfig(name.get(), inputs.get(), outputs.get(), dropout.get(), deviation.get()));
        }

        private static Key<Integer> size(Keys keys, String key) {
            return keys.object()
                    .key(key, Decoders.int32())
                    .check(Constraints.range(1, Integer.MAX_VALUE))
                    .required();
        }
    }
}
