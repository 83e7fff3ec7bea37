package io.graft.models.vit;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.models.arguments.Arguments;
import io.graft.models.arguments.Keys;
import io.graft.models.parts.Act;
import io.graft.models.parts.Heads;
import java.util.List;

/**
 * What transformers' {@code ViTConfig} says of the encoder.
 *
 * @param hiddenSize width of the model, H
 * @param numHiddenLayers layers, L
 * @param numAttentionHeads heads of each layer, A, which share the width
 * @param intermediateSize width between the two linear layers of the feed-forward network
 * @param hiddenAct activation between them
 * @param hiddenDropoutProb in training, of what goes into a residual sum, and of the embeddings
 * @param attentionProbsDropoutProb in training, of attention probabilities
 * @param initializerRange standard deviation of random weights
 * @param layerNormEps added to the variance
 * @param imageSize height and width of images
 * @param patchSize height and width of a patch
 * @param numChannels of an image
 * @param qkvBias whether the layers of query, key and value have a bias
 * @param poolerOutputSize width of the pooler's output
 * @param poolerAct its activation
 * @param addPoolingLayer whether there is a pooler after the encoder, and a second output
 */
public record VitConfig(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        Act hiddenAct,
        float hiddenDropoutProb,
        float attentionProbsDropoutProb,
        float initializerRange,
        float layerNormEps,
        int imageSize,
        int patchSize,
        int numChannels,
        boolean qkvBias,
        int poolerOutputSize,
        Act poolerAct,
        boolean addPoolingLayer) {
    public VitConfig {
        Heads.requireShares("hidden-size", hiddenSize, "num-attention-heads", numAttentionHeads);
        if (imageSize < patchSize) {
            throw new IllegalArgumentException("a patch (`patch-size` " + patchSize
                    + ") is larger than an image (`image-size` " + imageSize + ")");
        }
    }

    /** How many patches an image has. */
    public int patches() {
        int along = imageSize / patchSize;
        return along * along;
    }

    /** Reads it; what is not said is as in the base model. */
    public static final class Reader implements Binder<VitConfig> {
        @Override
        public List<String> keys() {
            return List.of(
                    Arguments.CONFIG,
                    "hidden-size",
                    "num-hidden-layers",
                    "num-attention-heads",
                    "intermediate-size",
                    "hidden-act",
                    "hidden-dropout-prob",
                    "attention-probs-dropout-prob",
                    "initializer-range",
                    "layer-norm-eps",
                    "image-size",
                    "patch-size",
                    "num-channels",
                    "qkv-bias",
                    "pooler-output-size",
                    "pooler-act",
                    "add-pooling-layer");
        }

        @Override
        public Bound<VitConfig> bind(ConfigCursor cursor) {
            Keys keys = new Keys(cursor).withConfig();
            var width = keys.count("hidden-size", 768);
            var layers = keys.count("num-hidden-layers", 12);
            var heads = keys.count("num-attention-heads", 12);
            var inner = keys.count("intermediate-size", 3072);
            var act = keys.act("hidden-act", "gelu");
            var dropout = keys.fraction("hidden-dropout-prob", "0");
            var attentionDropout = keys.fraction("attention-probs-dropout-prob", "0");
            var deviation = keys.number("initializer-range", "0.02");
            var epsilon = keys.number("layer-norm-eps", "1e-12");
            var image = keys.count("image-size", 224);
            var patch = keys.count("patch-size", 16);
            var channels = keys.count("num-channels", 3);
            var bias = keys.object().key("qkv-bias", Decoders.bool()).orDefault("true");
            var pooledSize = keys.object()
                    .key("pooler-output-size", Decoders.int32())
                    .check(Constraints.range(1, Integer.MAX_VALUE))
                    .optional();
            var poolerAct = keys.act("pooler-act", "tanh");
            var pooled = keys.object().key("add-pooling-layer", Decoders.bool()).orDefault("true");
            return keys.object()
                    .finish(() -> new VitConfig(
                            width.get(),
                            layers.get(),
                            heads.get(),
                            inner.get(),
                            act.get(),
                            dropout.get(),
                            attentionDropout.get(),
                            deviation.get(),
                            epsilon.get(),
                            image.get(),
                            patch.get(),
                            channels.get(),
                            bias.get(),
                            pooledSize.get().orElse(width.get()),
                            poolerAct.get(),
                            pooled.get()));
        }
    }
}
