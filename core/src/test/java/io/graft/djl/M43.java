package io.graft.djl;

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
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.Map;

/** The smallest network worth fine-tuning: encoder Linear(4 to 3), tanh, decoder Linear(3 to 2). */
public final class M43 extends AbstractBlock {
    private final Block encoder =
            addChildBlock("encoder", Linear.builder().setUnits(3).build());
    private final Block decoder =
            addChildBlock("decoder", Linear.builder().setUnits(2).build());

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return decoder.forward(store, Activation.tanh(encoder.forward(store, inputs, training)), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), 2)};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        encoder.initialize(manager, dataType, inputs);
        decoder.initialize(manager, dataType, new Shape(inputs[0].get(0), 3));
    }

    /** Makes the network; takes no arguments. */
    public static final class Factory implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new M43();
        }
    }
}
