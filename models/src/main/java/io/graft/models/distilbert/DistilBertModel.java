package io.graft.models.distilbert;

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
import io.graft.models.parts.Encoder;
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import io.graft.models.parts.PaddingMask;
import java.util.List;

/** DistilBERT's encoder, as transformers' {@code DistilBertModel}: embeddings and layers. */
public class DistilBertModel extends AbstractBlock implements SignedBlock {
    private static final Signature SIGNATURE =
            new Signature(List.of("input_ids", "attention_mask"), 1, List.of("last_hidden_state"));

    private final int width;
    private final Block embeddings;
    private final Block transformer;

    public DistilBertModel(DistilBertConfig config) {
        this.width = config.dim();
        this.embeddings = addChildBlock("embeddings", new DistilBertEmbeddings(config));
        this.transformer =
                addChildBlock("transformer", new Encoder(config.layers(), width, () -> new DistilBertLayer(config)));
        setInitializer(new NormalInitializer(config.initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        Inputs given = new Inputs(SIGNATURE, inputs);
        NDList hidden = embeddings.forward(store, new NDList(given.indices(0)), training);
        NDArray seen = given.find(1);
        if (seen != null) {
            hidden.add(PaddingMask.additive(seen));
        }
        return transformer.forward(store, hidden, training);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(SIGNATURE, new Shape(-1, -1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0].add(width)};
    }

    /** {@inheritDoc} The configuration tells every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {new Shape(-1, -1)} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        embeddings.initialize(manager, type, new Shape(1, 1));
        Layers.initialize(manager, type, width, transformer);
    }
}
