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
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What transformers' {@code BertConfig} says of a classifier.
 *
 * @param encoder with its pooler, or with a pooling of the whole text
 * @param labels how many numbers come out
 * @param dropout in training, of what goes into the last layer
 */
public record BertClassifierConfig(BertConfig encoder, int labels, float dropout) {
    public BertClassifierConfig {
        if (labels == 0) {
            throw new IllegalArgumentException("`id2label` names no label");
        }
    }

    /**
     * Reads it. A file tells the number of labels by their names, {@code id2label}.
     *
     * @param ofText whether the classifier sees one vector of the whole text, and there is no pooler
     */
    public record Reader(boolean ofText) implements Binder<BertClassifierConfig> {
        public static final Reader OF_POOLER = new Reader(false);
        public static final Reader OF_TEXT = new Reader(true);

        private static final int LABELS = 2;

        @Override
        public List<String> keys() {
            List<String> keys =
                    BertConfig.Reader.with(Arguments.CONFIG, "num-labels", "id2label", "classifier-dropout");
            return ofText ? Stream.concat(keys.stream(), Stream.of("pooling")).toList() : keys;
        }

        @Override
        public Bound<BertClassifierConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            Supplier<Pooling> pooling = ofText ? pooling(keys) : () -> Pooling.NONE;
            var encoder = BertConfig.Reader.BERT.encoder(keys, () -> !ofText, pooling);
            var count = keys.object()
                    .key("num-labels", Decoders.int32())
                    .check(Constraints.range(1, Integer.MAX_VALUE))
                    .optional();
            var names = keys.object()
                    .key("id2label", Decoders.map(Decoders.string()))
                    .optional();
            var dropout = keys.object()
                    .key("classifier-dropout", Decoders.float32())
                    .check(Constraints.range(0.0, 1.0, false, true))
                    .optional();
            return keys.object()
                    .finish(() -> new BertClassifierConfig(
                            encoder.get(),
                            count.get().or(() -> names.get().map(Map::size)).orElse(LABELS),
                            dropout.get().orElseGet(() -> encoder.get().hiddenDropoutProb())));
        }

        private static Supplier<Pooling> pooling(Keys keys) {
            var named = keys.object()
                    .key("pooling", Decoders.string())
                    .check(Constraints.oneOf("mean", "cls"))
                    .orDefault("mean");
            return () -> Pooling.valueOf(named.get().toUpperCase(Locale.ROOT));
        }
    }
}
