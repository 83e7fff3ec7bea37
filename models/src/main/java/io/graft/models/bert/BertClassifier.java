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
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import java.util.List;

/** BERT with a classifier of sequences, as transformers' {@code BertForSequenceClassification}: Dropout(pooled) W + b. */
public class BertClassifier extends AbstractBlock implements SignedBlock {
    private final int width;
    private final int labels;
    private final float dropout;
    private final Signature signature;
    private final BertModel bert;
    private final Block classifier;

    public BertClassifier(BertClassifierConfig config) {
        this.width = config.encoder().hiddenSize();
        this.labels = config.labels();
        this.dropout = config.dropout();
        this.bert = addChildBlock("bert", new BertModel(config.encoder(), Positions.counted()));
        this.classifier = addChildBlock("classifier", Layers.linear(labels));
        this.signature = new Signature(bert.signature().inputs(), 1, List.of("logits"));
        setInitializer(new NormalInitializer(config.encoder().initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray pooled = bert.forward(store, inputs, training).get(1);
        return classifier.forward(store, new NDList(Layers.dropout(pooled, dropout, training)), training);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(signature, new Shape(-1, -1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), labels)};
    }

    /** {@inheritDoc} The configuration tells every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {new Shape(-1, -1)} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        bert.initialize(manager, type, new Shape(1, 1));
        Layers.initialize(manager, type, width, classifier);
    }
}
