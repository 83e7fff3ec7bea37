package io.graft.models.epd;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import io.graft.djl.forward.SignedBlock;
import io.graft.models.parts.ConvNorm;
import io.graft.models.parts.Inputs;
import java.util.List;

/** decoder(BatchNorm(processor(encoder(x)))), with the encoder and the decoder of one data set. */
public class EpdModel extends AbstractBlock implements SignedBlock {
    private static final Signature SIGNATURE = new Signature(List.of("x"), 1, List.of());

    private final EpdConfig config;
    private final Block encoder;
    private final Block processor;
    private final Block norm;
    private final Block decoder;

    public EpdModel(EpdConfig config) {
        this.config = config;
        addParameter(Parameter.builder()
                .setName("latlons")
                .setType(Parameter.Type.OTHER)
                .optRequiresGrad(false)
                .optInitializer(Initializer.ZEROS)
                .optShape(new Shape(config.gridPoints(), 4))
                .build());
        this.encoder = addChildBlock("encoder", new LinearOfEach(config.datasets(), config.dataset(), config.width()));
        SequentialBlock layers = new SequentialBlock();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new GatedLayer(config.width()));
        }
        this.processor = addChildBlock("processor", layers);
        this.norm = addChildBlock("norm", ConvNorm.norm());
        this.decoder =
                addChildBlock("decoder", new LinearOfEach(config.datasets(), config.dataset(), config.outputs()));
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList x = new NDList(new Inputs(SIGNATURE, inputs).get(0));
        NDList processed = processor.forward(store, encoder.forward(store, x, training), training);
        return decoder.forward(store, norm.forward(store, processed, training), training);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(SIGNATURE, new Shape(-1, config.inputs()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), config.outputs())};
    }

    /** {@inheritDoc} The arguments tell every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {new Shape(-1, config.inputs())} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape hidden = new Shape(1, config.width());
        encoder.initialize(manager, type, new Shape(1, config.inputs()));
        processor.initialize(manager, type, hidden);
        norm.initialize(manager, type, hidden);
        decoder.initialize(manager, type, hidden);
    }
}
