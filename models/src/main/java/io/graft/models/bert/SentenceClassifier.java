package io.graft.models.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import io.graft.models.parts.Layers;
import java.util.List;

/** BERT with one layer more, which sees the vector of the whole text: Dropout(pooled) W + b. The encoder's names have no prefix. */
public class SentenceClassifier extends BertModel {
    private final BertClassifierConfig config;
    private final Signature signature;
    private final Block classifier;

    public SentenceClassifier(BertClassifierConfig config) {
        super(config.encoder(), Positions.counted());
        this.config = config;
        this.classifier = addChildBlock("classifier", Layers.linear(config.labels()));
        this.signature = new Signature(super.signature().inputs(), 1, List.of("logits"));
        classifier.setInitializer(new NormalInitializer(config.encoder().initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList outputs = super.forwardInternal(store, inputs, training, params);
        NDArray pooled = outputs.get(outputs.size() - 1);
        return classifier.forward(store, new NDList(Layers.dropout(pooled, config.dropout(), training)), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), config.labels())};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        super.initializeChildBlocks(manager, type, inputs);
        Layers.initialize(manager, type, config.encoder().hiddenSize(), classifier);
    }
}
