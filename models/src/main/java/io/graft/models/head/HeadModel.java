package io.graft.models.head;

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

/** Dropout(x) W + b, on features [B, inputs]. */
public class HeadModel extends AbstractBlock implements SignedBlock {
    private static final Signature SIGNATURE = new Signature(List.of("x"), 1, List.of("logits"));

    private final HeadConfig config;
    private final Block layer;

    public HeadModel(HeadConfig config) {
        this.config = config;
        this.layer = addChildBlock(config.name(), Layers.linear(config.outputs()));
        setInitializer(new NormalInitializer(config.initializerRange()), Parameter.Type.WEIGHT);
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = new Inputs(SIGNATURE, inputs).get(0);
        return layer.forward(store, new NDList(Layers.dropout(x, config.dropout(), training)), training);
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
        layer.initialize(manager, type, new Shape(1, config.inputs()));
    }
}
