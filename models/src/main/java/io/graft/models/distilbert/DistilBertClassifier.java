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
import io.graft.models.parts.Act;
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import java.util.List;

/**
 * DistilBERT with a classifier of sequences, as transformers' {@code DistilBertForSequenceClassification}: Dropout(relu(x₀ W_1 + b_1))
 * W_2 + b_2, where x₀ is what the encoder gives for the first token.
 */
public class DistilBertClassifier extends AbstractBlock implements SignedBlock {
    private final int width;
    private final int labels;
    private final float dropout;
    private final Signature signature;
    private final DistilBertModel encoder;
    private final Block first;
    private final Block classifier;

    public DistilBertClassifier(DistilBertClassifierConfig config) {
        this.width = config.encoder().dim();
        this.labels = config.labels();
        this.dropout = config.dropout();
        this.encoder = addChildBlock("distilbert", new DistilBertModel(config.encoder()));
        this.first = addChildBlock("pre_classifier", Layers.linear(width));
        this.classifier = addChildBlock("classifier", Layers.linear(labels));
        this.signature = new Signature(encoder.signature().inputs(), 1, List.of("logits"));
        setInitializer(new NormalInitializer(config.encoder().initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray text = encoder.forward(store, inputs, training).head().get(":, 0");
        NDArray x = Act.RELU.of(Layers.apply(first, store, text, training));
        return classifier.forward(store, new NDList(Layers.dropout(x, dropout, training)), training);
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
        encoder.initialize(manager, type, new Shape(1, 1));
        Layers.initialize(manager, type, width, first, classifier);
    }
}
