package io.graft.models.epd;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Keys;
import java.util.List;
import java.util.Optional;

/**
 * Which encoder-processor-decoder.
 *
 * @param datasets that have an encoder and a decoder each
 * @param dataset the one that the forward encodes and decodes
 * @param inputs features of a grid point
 * @param width of the processor
 * @param outputs features that come out
 * @param layers of the processor
 * @param gridPoints rows of the coordinates
 */
public record EpdConfig(
        List<String> datasets, String dataset, int inputs, int width, int outputs, int layers, int gridPoints) {
    public EpdConfig {
        datasets = List.copyOf(datasets);
        if (!datasets.contains(dataset)) {
            throw new IllegalArgumentException("`dataset` " + dataset + " is not among the `datasets` " + datasets);
        }
    }

    /** Reads it; what is not said is small. */
    public static final class Reader implements Binder<EpdConfig> {
        @Override
        public List<String> keys() {
            return List.of("datasets", "dataset", "inputs", "width", "outputs", "layers", "grid-points");
        }

        @Override
        public Bound<EpdConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor);
            var datasets = keys.object()
                    .key("datasets", Decoders.list(Decoders.string()))
                    .check(Constraints.notEmpty())
                    .check(Constraints.each(true, true))
                    .orDefault("[data]");
            var dataset = keys.object().key("dataset", Decoders.string()).optional();
            var inputs = keys.count("inputs", 8);
            var width = keys.count("width", 16);
            var outputs = keys.count("outputs", 4);
            var layers = keys.count("layers", 3);
            var points = keys.count("grid-points", 5);
            return keys.object().finish(() -> {
                Optional<String> named = dataset.get();
                return new EpdConfig(
                        datasets.get(),
                        named.orElse(datasets.get().get(0)),
                        inputs.get(),
                        width.get(),
                        outputs.get(),
                        layers.get(),
                        points.get());
            });
        }
    }
}
