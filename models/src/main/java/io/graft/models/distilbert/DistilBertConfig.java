package io.graft.models.distilbert;

import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Arguments;
import io.graft.models.arguments.Keys;
import io.graft.models.parts.Act;
import io.graft.models.parts.Heads;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What transformers' {@code DistilBertConfig} says of the encoder.
 *
 * @param vocabSize rows of the word embeddings
 * @param maxPositionEmbeddings rows of the position embeddings
 * @param dim width of the model, H
 * @param layers how many, {@code n-layers}
 * @param heads of each layer, {@code n-heads}
 * @param hiddenDim width between the two linear layers of the feed-forward network
 * @param activation between them
 * @param dropout in training, of the embeddings and of what the feed-forward network gives
 * @param attentionDropout in training, of attention probabilities
 * @param initializerRange standard deviation of random weights
 */
public record DistilBertConfig(
        int vocabSize,
        int maxPositionEmbeddings,
        int dim,
        int layers,
        int heads,
        int hiddenDim,
        Act activation,
        float dropout,
        float attentionDropout,
        float initializerRange) {
    /** transformers has no key for it. */
    public static final float LAYER_NORM_EPS = 1e-12f;

    public DistilBertConfig {
        Heads.requireShares("dim", dim, "n-heads", heads);
    }

    /** Reads it; what is not said is as in the base model. */
    public static final class Reader implements Binder<DistilBertConfig> {
        private static final List<String> ENCODER_KEYS = List.of(
                "vocab-size",
                "max-position-embeddings",
                "dim",
                "n-layers",
                "n-heads",
                "hidden-dim",
                "activation",
                "dropout",
                "attention-dropout",
                "initializer-range");

        @Override
        public List<String> keys() {
            return with(Arguments.CONFIG);
        }

        /** The keys that every model with this encoder has, and others. */
        static List<String> with(String... others) {
            return Stream.concat(ENCODER_KEYS.stream(), Stream.of(others)).toList();
        }

        @Override
        public Bound<DistilBertConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            return keys.object().finish(encoder(keys));
        }

        /** Reads the keys of the encoder; what is given can be had once the object is finished. */
        static Supplier<DistilBertConfig> encoder(Keys keys) {
            var words = keys.count("vocab-size", 30522);
            var positions = keys.count("max-position-embeddings", 512);
            var width = keys.count("dim", 768);
            var layers = keys.count("n-layers", 6);
            var heads = keys.count("n-heads", 12);
            var inner = keys.count("hidden-dim", 3072);
            var act = keys.act("activation", "gelu");
            var dropout = keys.fraction("dropout", "0.1");
            var attentionDropout = keys.fraction("attention-dropout", "0.1");
            var deviation = keys.number("initializer-range", "0.02");
            return () -> new DistilBertConfig(
                    words.get(),
                    positions.get(),
                    width.get(),
                    layers.get(),
                    heads.get(),
                    inner.get(),
                    act.get(),
                    dropout.get(),
                    attentionDropout.get(),
                    deviation.get());
        }
    }
}
