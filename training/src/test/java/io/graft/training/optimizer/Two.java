package io.graft.training.optimizer;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Two parameters whose gradients are what is put in: {@code a} of [3, 4] and {@code b} of [3]. */
final class Two extends AbstractBlock {
    private final Parameter a = parameter("a", Parameter.Type.WEIGHT, new Shape(3, 4));
    private final Parameter b = parameter("b", Parameter.Type.BIAS, new Shape(3));

    private Parameter parameter(String name, Parameter.Type type, Shape shape) {
        return addParameter(
                Parameter.builder().setName(name).setType(type).optShape(shape).build());
    }

    static Model inModel() {
        return inModel(DataType.FLOAT32);
    }

    static Model inModel(DataType type) {
        Model model = Model.newInstance("two", "PyTorch");
        Two block = new Two();
        block.initialize(model.getNDManager(), type, new Shape(3, 4), new Shape(3));
        model.setBlock(block);
        return model;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray first = inputs.get(0).mul(store.getValue(a, inputs.get(0).getDevice(), training));
        NDArray second = inputs.get(1).mul(store.getValue(b, inputs.get(1).getDevice(), training));
        return new NDList(first.sum().add(second.sum()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape()};
    }
}
