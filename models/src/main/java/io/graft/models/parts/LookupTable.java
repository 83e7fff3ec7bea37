package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A row of a table for each index, as PyTorch's Embedding gives: indices [..] in, [.., width] out. */
public class LookupTable extends AbstractBlock {
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
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray indices = inputs.singletonOrThrow();
        return Embedding.embedding(indices, store.getValue(weight, indices.getDevice(), training), SparseFormat.DENSE);
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
        NDArray first = store.getValue(weight, like.getDevice(), training).get(new NDIndex().addSliceDim(0, count));
        first.attach(like.getManager());
        return first;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0].add(width)};
    }
}
