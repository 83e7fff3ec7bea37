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

/**
 * BERT or RoBERTa with a classifier of sequences, as transformers' {@code BertForSequenceClassification} and {@code
 * RobertaForSequenceClassification}: a classifier of Dropout(x), where x is what the pooler gives, or the hidden states of the first
 * token where there is none.
 */
public class BertClassifier extends AbstractBlock implements SignedBlock {
    private final int width;
    private final int labels;
    private final float dropout;
    private final Signature signature;
    private final BertModel encoder;
    private final Block classifier;

    private BertClassifier(String name, BertModel encoder, Block classifier, BertClassifierConfig config) {
        this.width = config.encoder().hiddenSize();
        this.labels = config.labels();
        this.dropout = config.dropout();
        this.encoder = addChildBlock(name, encoder);
        this.classifier = addChildBlock("classifier", classifier);
        this.signature = new Signature(encoder.signature().inputs(), 1, List.of("logits"));
        setInitializer(new NormalInitializer(config.encoder().initializerRange()), Parameter.Type.WEIGHT);
    }

    /** BERT's: a linear layer. */
    public static BertClassifier bert(BertClassifierConfig config) {
        BertModel encoder = new BertModel(config.encoder(), Positions.counted());
        return new BertClassifier("bert", encoder, Layers.linear(config.labels()), config);
    }

    /** RoBERTa's: two, of the first token. */
    public static BertClassifier roberta(BertClassifierConfig config) {
        BertModel encoder = new BertModel(
                config.encoder(), Positions.behind(config.encoder().padTokenId()));
        return new BertClassifier("roberta", encoder, new RobertaHead(config), config);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList encoded = encoder.forward(store, inputs, training);
        NDArray text = encoded.size() > 1 ? encoded.get(1) : encoded.head().get(":, 0");
        return classifier.forward(store, new NDList(Layers.dropout(text, dropout, training)), training);
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
        Layers.initialize(manager, type, width, classifier);
    }
}
