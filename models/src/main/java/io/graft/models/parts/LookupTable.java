package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.forward.RowLookup;

/** A row of a table for each index, as PyTorch's Embedding gives: indices [..] in, [.., width] out. */
public class LookupTable extends AbstractBlock implements RowLookup {
    private final int rows;
    private final int width;
    private final Parameter weight;

    public LookupTable(int rows, int width) {
        this.rows = rows;
        this.width = width;
        this.weight = addParameter(Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(rows, width))
                .build());
    }

    @Override
    public Parameter table() {
        return weight;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray indices = inputs.singletonOrThrow();
        return new NDList(RowLookup.rows(store, weight, indices, training));
    }

    /**
     * The first rows, [count, width].
     *
     * @param like an array of the device and the manager that they are for
     * @throws IllegalArgumentException if there are fewer
     */
    public NDArray first(long count, ParameterStore store, NDArray like, boolean training) {
        if (count > rows) {
            throw new IllegalArgumentException(count + " positions, and the model has embeddings for " + rows);
        }
        try (NDArray numbers = like.getManager().arange(0, (int) count, 1, DataType.INT64, like.getDevice())) {
            return RowLookup.rows(store, weight, numbers, training);
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0].add(width)};
    }
}
