package io.graft.models.resnet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import io.graft.djl.forward.SignedBlock;
import io.graft.models.parts.ConvNorm;
import io.graft.models.parts.Inputs;
import io.graft.models.parts.Layers;
import java.util.ArrayList;
import java.util.List;

/**
 * A residual network, as torchvision's: a convolution of 7x7 and a maximum, four stages of units, each after the first half as large
 * and twice as wide, the mean over each channel, and a linear layer.
 */
public class ResNetModel extends AbstractBlock implements SignedBlock {
    private static final Signature SIGNATURE = new Signature(List.of("x"), 1, List.of());
    private static final int SIZE = 224;

    private final ResNetConfig config;
    private final Block conv1;
    private final Block bn1;
    private final List<SequentialBlock> stages = new ArrayList<>();
    private final Block avgpool;
    private final Block fc;

    public ResNetModel(ResNetConfig config) {
        this.config = config;
        this.conv1 = addChildBlock("conv1", ConvNorm.conv(config.width(), 7, 2));
        this.bn1 = addChildBlock("bn1", ConvNorm.norm());
        int inputs = config.width();
        for (int stage = 0; stage < config.depth().units().size(); stage++) {
            int width = config.width() << stage;
            int outputs = config.depth().bottleneck() ? 4 * width : width;
            SequentialBlock units = new SequentialBlock();
            for (int unit = 0; unit < config.depth().units().get(stage); unit++) {
                units.add(unit(unit == 0 ? inputs : outputs, width, stage > 0 && unit == 0 ? 2 : 1));
            }
            stages.add(addChildBlock("layer" + (stage + 1), units));
            inputs = outputs;
        }
        // Of He et al. 2015, for relu, by the outputs.
        setInitializer(
                new XavierInitializer(XavierInitializer.RandomType.GAUSSIAN, XavierInitializer.FactorType.OUT, 2),
                Parameter.Type.WEIGHT);
        this.avgpool = addChildBlock("avgpool", Pool.globalAvgPool2dBlock());
        this.fc = addChildBlock("fc", Layers.linear(config.classes()));
    }

    private Block unit(int inputs, int width, int stride) {
        return config.depth().bottleneck()
                ? ResidualUnit.bottleneck(inputs, width, stride)
                : ResidualUnit.basic(inputs, width, stride);
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = new Inputs(SIGNATURE, inputs).get(0);
        NDArray stem = Layers.apply(bn1, store, Layers.apply(conv1, store, x, training), training);
        NDArray pooled =
                Pool.maxPool2d(Activation.relu(stem), new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
        NDList hidden = new NDList(pooled);
        for (Block stage : stages) {
            hidden = stage.forward(store, hidden, training);
        }
        return fc.forward(store, avgpool.forward(store, hidden, training), training);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return Inputs.describe(SIGNATURE, new Shape(-1, config.channels(), -1, -1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return fc.getOutputShapes(new Shape[] {new Shape(inputs[0].get(0), 1)});
    }

    /** {@inheritDoc} The configuration tells every shape, so that it can do without those of inputs. */
    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs.length == 0 ? new Shape[] {new Shape(1, config.channels(), SIZE, SIZE)} : inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape[] shapes = {new Shape(1, config.channels(), SIZE, SIZE)};
        conv1.initialize(manager, type, shapes);
        shapes = conv1.getOutputShapes(shapes);
        bn1.initialize(manager, type, shapes);
        for (Block stage : stages) {
            stage.initialize(manager, type, shapes);
            shapes = stage.getOutputShapes(shapes);
        }
        avgpool.initialize(manager, type, shapes);
        fc.initialize(manager, type, new Shape(1, shapes[0].get(1)));
    }
}
