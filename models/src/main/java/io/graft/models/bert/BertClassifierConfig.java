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
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What transformers' {@code BertConfig} and {@code RobertaConfig} say of a classifier.
 *
 * @param encoder with its pooler, or with a pooling of the whole text, if the classifier stands on one
 * @param labels how many numbers come out
 * @param dropout in training, of what goes into each of its layers
 */
public record BertClassifierConfig(BertConfig encoder, int labels, float dropout) {
    /** What a classifier stands on. */
    public enum Base {
        POOLER,
        FIRST_TOKEN,
        /** The vector of the whole text. */
        TEXT
    }

    /** Reads it. */
    public record Reader(BertConfig.Reader encoder, Base base) implements Binder<BertClassifierConfig> {
        public static final Reader BERT = new Reader(BertConfig.Reader.BERT, Base.POOLER);
        public static final Reader ROBERTA = new Reader(BertConfig.Reader.ROBERTA, Base.FIRST_TOKEN);
        public static final Reader SENTENCES = new Reader(BertConfig.Reader.BERT, Base.TEXT);

        private static final String POOLING = "pooling";

        @Override
        public List<String> keys() {
            List<String> keys =
                    BertConfig.Reader.with(Arguments.CONFIG, Keys.LABELS, Keys.LABEL_NAMES, "classifier-dropout");
            return base == Base.TEXT
                    ? Stream.concat(keys.stream(), Stream.of(POOLING)).toList()
                    : keys;
        }

        @Override
        public Bound<BertClassifierConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            Supplier<Pooling> pooling = base == Base.TEXT ? pooling(keys) : () -> Pooling.NONE;
            var read = encoder.encoder(keys, () -> base == Base.POOLER, pooling);
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

        private static Supplier<Pooling> pooling(Keys keys) {
            var named = keys.object()
                    .key(POOLING, Decoders.string())
                    .check(Constraints.oneOf("mean", "cls"))
                    .orDefault("mean");
            return () -> Pooling.valueOf(named.get().toUpperCase(Locale.ROOT));
        }
    }
}
