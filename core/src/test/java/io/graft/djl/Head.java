package io.graft.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.Map;

/** A head of one's own: a Linear, then a scale that its factory gives, then a shift that is no parameter. */
public final class Head extends AbstractBlock {
    private final Block linear;
    private final Parameter scale;
    private final NDArray shift;

    Head(int units, NDManager manager) {
        linear = addChildBlock("linear", Linear.builder().setUnits(units).build());
        scale = addParameter(Parameter.builder()
                .setName("scale")
                .setType(Parameter.Type.WEIGHT)
                .build());
        scale.setArray(manager.full(new Shape(units), 3f));
        shift = manager.full(new Shape(units), 0.5f);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray out = linear.forward(store, inputs, training).singletonOrThrow();
        return new NDList(
                out.mul(store.getValue(scale, out.getDevice(), training)).add(shift));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return linear.getOutputShapes(inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        linear.initialize(manager, dataType, inputs);
    }

    /** Makes one of some {@code units}. */
    public static final class Factory implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new Head((Integer) arguments.get("units"), model.getNDManager());
        }
    }
}
