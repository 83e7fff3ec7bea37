package io.graft.training;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.Map;

/** As {@code net.pt}: encoder Linear(4 to 3), tanh, batch normalization, dropout, decoder Linear(3 to 2). */
public final class Net extends AbstractBlock {
    private final Block encoder =
            addChildBlock("encoder", Linear.builder().setUnits(3).build());
    private final Block norm = addChildBlock("norm", BatchNorm.builder().build());
    private final Block dropout =
            addChildBlock("dropout", Dropout.builder().optRate(0.5f).build());
    private final Block decoder =
            addChildBlock("decoder", Linear.builder().setUnits(2).build());

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList hidden = Activation.tanh(encoder.forward(store, inputs, training));
        hidden = dropout.forward(store, norm.forward(store, hidden, training), training);
        return decoder.forward(store, hidden, training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), 2)};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        Shape hidden = new Shape(inputs[0].get(0), 3);
        encoder.initialize(manager, dataType, inputs);
        norm.initialize(manager, dataType, hidden);
        dropout.initialize(manager, dataType, hidden);
        decoder.initialize(manager, dataType, hidden);
    }

    /** Makes the network; takes no arguments. */
    public static final class Factory implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new Net();
        }
    }
}
