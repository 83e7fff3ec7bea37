package io.graft.models.distilbert;

import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Arguments;
import io.graft.models.arguments.Keys;
import java.util.List;

/**
 * What transformers' {@code DistilBertConfig} says of a classifier.
 *
 * @param labels how many numbers come out
 * @param dropout in training, of what goes into the last layer
 */
public record DistilBertClassifierConfig(DistilBertConfig encoder, int labels, float dropout) {
    /** Reads it. */
    public static final class Reader implements Binder<DistilBertClassifierConfig> {
        private static final String DROPOUT = "seq-classif-dropout";

        @Override
        public List<String> keys() {
            return DistilBertConfig.Reader.with(Arguments.CONFIG, Keys.LABELS, Keys.LABEL_NAMES, DROPOUT);
        }

        @Override
        public Bound<DistilBertClassifierConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            var encoder = DistilBertConfig.Reader.encoder(keys);
            var labels = keys.labels();
            var dropout = keys.fraction(DROPOUT, "0.2");
            return keys.object()
                    .finish(() -> new DistilBertClassifierConfig(encoder.get(), labels.get(), dropout.get()));
        }
    }
}
