package io.graft.models.bert;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Arguments;
import io.graft.models.arguments.Keys;
import io.graft.models.parts.Pooling;
import java.util.List;

/**
 * What transformers' {@code BertConfig} and {@code RobertaConfig} say of a classifier.
 *
 * @param encoder with its pooler, if the classifier stands on one
 * @param labels how many numbers come out
 * @param dropout in training, of what goes into each of its layers
 */
public record BertClassifierConfig(BertConfig encoder, int labels, float dropout) {
    /**
     * Reads it.
     *
     * @param pooled whether the classifier stands on a pooler
     */
    public record Reader(BertConfig.Reader encoder, boolean pooled) implements Binder<BertClassifierConfig> {
        public static final Reader BERT = new Reader(BertConfig.Reader.BERT, true);
        public static final Reader ROBERTA = new Reader(BertConfig.Reader.ROBERTA, false);

        @Override
        public List<String> keys() {
            return BertConfig.Reader.with(Arguments.CONFIG, Keys.LABELS, Keys.LABEL_NAMES, "classifier-dropout");
        }

        @Override
        public Bound<BertClassifierConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            var read = encoder.encoder(keys, () -> pooled, () -> Pooling.NONE);
            var labels = keys.labels();
            var dropout = keys.object()
                    .key("classifier-dropout", Decoders.float32())
                    .check(Constraints.range(0.0, 1.0, false, true))
                    .optional();
            return keys.object()
                    .finish(() -> new BertClassifierConfig(
                            read.get(),
                            labels.get(),
                            dropout.get().orElseGet(() -> read.get().hiddenDropoutProb())));
        }
    }
}
