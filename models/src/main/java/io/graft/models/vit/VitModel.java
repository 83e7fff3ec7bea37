package io.graft.models.vit;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import io.graft.djl.forward.SignedBlock;
import io.graft.models.parts.Encoder;
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import io.graft.models.parts.Pooler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vision transformer's encoder, as transformers' {@code ViTModel}: embeddings, layers, a norm, and a pooler of the class token. */
public class VitModel extends AbstractBlock implements SignedBlock {
    private final VitConfig config;
    private final Signature signature;
    private final Block embeddings;
    private final Block encoder;
    private final Block norm;
    private final @Nullable Block pooler;

    public VitModel(VitConfig config) {
        this.config = config;
        int width = config.hiddenSize();
        this.embeddings = addChildBlock("embeddings", new VitEmbeddings(config));
        this.encoder =
                addChildBlock("encoder", new Encoder(config.numHiddenLayers(), width, () -> new VitLayer(config)));
        this.norm = addChildBlock("layernorm", Layers.norm(config.layerNormEps()));
        this.pooler = config.addPoolingLayer()
                ? addChildBlock("pooler", new Pooler(width, config.poolerOutputSize(), config.poolerAct()))
                : null;
        this.signature = new Signature(
                List.of("pixel_values"),
                1,
                pooler == null ? List.of("last_hidden_state") : List.of("last_hidden_state", "pooler_output"));
        setInitializer(new NormalInitializer(config.initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList images = new NDList(new Inputs(signature, inputs).get(0));
        NDList hidden = encoder.forward(store, embeddings.forward(store, images, training), training);
        NDList outputs = norm.forward(store, hidden, training);
        if (pooler != null) {
            outputs.add(Layers.apply(pooler, store, outputs.head(), training));
        }
        return outputs;
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(signature, images(-1));
    }

    private Shape images(long batch) {
        return new Shape(batch, config.numChannels(), config.imageSize(), config.imageSize());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape hidden = embeddings.getOutputShapes(inputs)[0];
        return pooler == null
                ? new Shape[] {hidden}
                : new Shape[] {hidden, new Shape(hidden.get(0), config.poolerOutputSize())};
    }

    /** {@inheritDoc} The configuration tells every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {images(-1)} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        embeddings.initialize(manager, type, images(1));
        Layers.initialize(manager, type, config.hiddenSize(), encoder, norm);
        if (pooler != null) {
            Layers.initialize(manager, type, config.hiddenSize(), pooler);
        }
    }
}
