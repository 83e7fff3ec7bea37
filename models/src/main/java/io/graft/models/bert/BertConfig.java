package io.graft.models.bert;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Arguments;
import io.graft.models.arguments.Keys;
import io.graft.models.parts.Act;
import io.graft.models.parts.Heads;
import io.graft.models.parts.Pooling;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What transformers' {@code BertConfig} and {@code RobertaConfig} say of the encoder.
 *
 * @param vocabSize rows of the word embeddings
 * @param hiddenSize width of the model, H
 * @param numHiddenLayers layers, L
 * @param numAttentionHeads heads of each layer, A, which share the width
 * @param intermediateSize width between the two linear layers of the feed-forward network
 * @param hiddenAct activation between them
 * @param maxPositionEmbeddings rows of the position embeddings
 * @param typeVocabSize rows of the token type embeddings
 * @param layerNormEps added to the variance
 * @param hiddenDropoutProb in training, of what goes into a residual sum, and of the embeddings
 * @param attentionProbsDropoutProb in training, of attention probabilities
 * @param initializerRange standard deviation of random weights
 * @param padTokenId the token that fills sequences up
 * @param addPoolingLayer whether there is a pooler after the encoder, and a second output
 * @param pooling what makes one vector of a sequence, as sentence-transformers does, for a last output
 */
public record BertConfig(
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        Act hiddenAct,
        int maxPositionEmbeddings,
        int typeVocabSize,
        float layerNormEps,
        float hiddenDropoutProb,
        float attentionProbsDropoutProb,
        float initializerRange,
        int padTokenId,
        boolean addPoolingLayer,
        Pooling pooling) {
    public BertConfig {
        Heads.requireShares("hidden-size", hiddenSize, "num-attention-heads", numAttentionHeads);
    }

    /**
     * Reads it; what is not said is as in the base model.
     *
     * @param vocabSize of the base model, as the other two
     */
    public record Reader(int vocabSize, int maxPositionEmbeddings, int typeVocabSize, int padTokenId)
            implements Binder<BertConfig> {
        public static final Reader BERT = new Reader(30522, 512, 2, 0);
        public static final Reader ROBERTA = new Reader(50265, 514, 1, 1);

        private static final List<String> ENCODER_KEYS = List.of(
                "vocab-size",
                "hidden-size",
                "num-hidden-layers",
                "num-attention-heads",
                "intermediate-size",
                "hidden-act",
                "max-position-embeddings",
                "type-vocab-size",
                "layer-norm-eps",
                "hidden-dropout-prob",
                "attention-probs-dropout-prob",
                "initializer-range",
                "pad-token-id",
                "position-embedding-type",
                "is-decoder");

        @Override
        public List<String> keys() {
            return with(Arguments.CONFIG, "add-pooling-layer", "pooling");
        }

        /** The keys that every model with this encoder has, and others. */
        static List<String> with(String... others) {
            return Stream.concat(ENCODER_KEYS.stream(), Stream.of(others)).toList();
        }

        @Override
        public Bound<BertConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            var pooled = keys.object().key("add-pooling-layer", Decoders.bool()).orDefault("true");
            var pooling = keys.object()
                    .key("pooling", Decoders.enumeration(Pooling.class))
                    .orDefault("none");
            return keys.object().finish(encoder(keys, pooled::get, pooling::get));
        }

        /** Reads the keys of the encoder; what is given can be had once the object is finished. */
        Supplier<BertConfig> encoder(Keys keys, Supplier<Boolean> pooled, Supplier<Pooling> pooling) {
            var words = keys.count("vocab-size", vocabSize);
            var width = keys.count("hidden-size", 768);
            var layers = keys.count("num-hidden-layers", 12);
            var heads = keys.count("num-attention-heads", 12);
            var inner = keys.count("intermediate-size", 3072);
            var act = keys.act("hidden-act", "gelu");
            var positions = keys.count("max-position-embeddings", maxPositionEmbeddings);
            var types = keys.count("type-vocab-size", typeVocabSize);
            var epsilon = keys.number("layer-norm-eps", "1e-12");
            var dropout = keys.fraction("hidden-dropout-prob", "0.1");
            var attentionDropout = keys.fraction("attention-probs-dropout-prob", "0.1");
            var deviation = keys.number("initializer-range", "0.02");
            var padding = keys.object()
                    .key("pad-token-id", Decoders.int32())
                    .check(Constraints.range(0, Integer.MAX_VALUE))
                    .orDefault(Integer.toString(padTokenId));
            keys.only("position-embedding-type", "absolute");
            keys.only("is-decoder", "false");
            return () -> new BertConfig(
                    words.get(),
                    width.get(),
                    layers.get(),
                    heads.get(),
                    inner.get(),
                    act.get(),
                    positions.get(),
                    types.get(),
                    epsilon.get(),
                    dropout.get(),
                    attentionDropout.get(),
                    deviation.get(),
                    padding.get(),
                    pooled.get(),
                    pooling.get());
        }
    }
}
