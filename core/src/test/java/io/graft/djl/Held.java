package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block whose parameters are the arrays of a test, named {@code a}, {@code b} and so on. It computes nothing. */
public final class Held extends AbstractBlock {
    public Held(NDArray... arrays) {
        for (int i = 0; i < arrays.length; i++) {
            Parameter parameter = addParameter(Parameter.builder()
                    .setName(String.valueOf((char) ('a' + i)))
                    .setType(Parameter.Type.WEIGHT)
                    .optRequiresGrad(arrays[i].hasGradient())
                    .build());
            parameter.setArray(arrays[i]);
        }
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        throw new UnsupportedOperationException();
    }
}
