package io.graft.models.bert;

import ai.djl.ndarray.NDArray;
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
import io.graft.models.parts.Act;
import io.graft.models.parts.Encoder;
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import io.graft.models.parts.PaddingMask;
import io.graft.models.parts.Pooler;
import io.graft.models.parts.Pooling;
import io.graft.models.parts.TextPooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BERT's encoder, as transformers' {@code BertModel}: embeddings, layers, a pooler of the first token, and the pooling of
 * sentence-transformers, a module without parameters. Its names are those of a checkpoint without a prefix.
 */
public class BertModel extends AbstractBlock implements SignedBlock {
    private static final List<String> INPUTS = List.of("input_ids", "attention_mask", "token_type_ids");

    private final BertConfig config;
    private final Signature signature;
    private final Block embeddings;
    private final Block encoder;
    private final @Nullable Block pooler;
    private final @Nullable Block pooling;

    public BertModel(BertConfig config, Positions positions) {
        this.config = config;
        this.embeddings = addChildBlock("embeddings", new BertEmbeddings(config, positions));
        this.encoder = addChildBlock(
                "encoder", new Encoder(config.numHiddenLayers(), config.hiddenSize(), () -> new BertLayer(config)));
        this.pooler = config.addPoolingLayer()
                ? addChildBlock("pooler", new Pooler(config.hiddenSize(), config.hiddenSize(), Act.TANH))
                : null;
        this.pooling =
                config.pooling() == Pooling.NONE ? null : addChildBlock("pooling", new TextPooling(config.pooling()));
        this.signature = new Signature(INPUTS, 1, outputs(config));
        setInitializer(new NormalInitializer(config.initializerRange()), Parameter.Type.WEIGHT);
    }

    private static List<String> outputs(BertConfig config) {
        List<String> outputs = new ArrayList<>(List.of("last_hidden_state"));
        if (config.addPoolingLayer()) {
            outputs.add("pooler_output");
        }
        if (config.pooling() != Pooling.NONE) {
            outputs.add("sentence_embedding");
        }
        return outputs;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        Inputs given = new Inputs(signature, inputs);
        NDList tokens = new NDList(given.indices(0));
        NDArray types = given.indices(2);
        if (types != null) {
            tokens.add(types);
        }
        NDList hidden = embeddings.forward(store, tokens, training);
        NDArray seen = given.find(1);
        if (seen != null) {
            hidden.add(PaddingMask.additive(seen));
        }
        NDList outputs = encoder.forward(store, hidden, training);
        if (pooler != null) {
            outputs.add(Layers.apply(pooler, store, outputs.head(), training));
        }
        if (pooling != null) {
            NDList pooled = new NDList(outputs.head());
            if (seen != null) {
                pooled.add(seen);
            }
            outputs.addAll(pooling.forward(store, pooled, training));
        }
        return outputs;
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(signature, new Shape(-1, -1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape[] shapes = new Shape[signature.outputs().size()];
        Arrays.fill(shapes, new Shape(inputs[0].get(0), config.hiddenSize()));
        shapes[0] = inputs[0].add(config.hiddenSize());
        return shapes;
    }

    /** {@inheritDoc} The configuration tells every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {new Shape(-1, -1)} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        embeddings.initialize(manager, type, new Shape(1, 1));
        Layers.initialize(manager, type, config.hiddenSize(), encoder);
        if (pooler != null) {
            Layers.initialize(manager, type, config.hiddenSize(), pooler);
        }
        if (pooling != null) {
            Layers.initialize(manager, type, config.hiddenSize(), pooling);
        }
    }
}
