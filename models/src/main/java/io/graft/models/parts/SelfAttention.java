package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention without the linear layer behind it: the heads' attention of x W_q, x W_k and x W_v. Takes hidden states and, where
 * not every position is seen, a mask.
 */
public class SelfAttention extends AbstractBlock {
    private final int width;
    private final Heads heads;
    private final Block query;
    private final Block key;
    private final Block value;

    /**
     * @param bias whether the linear layers have one
     */
    public SelfAttention(int width, Heads heads, boolean bias) {
        this.width = width;
        this.heads = heads;
        this.query = addChildBlock("query", Layers.linear(width, bias));
        this.key = addChildBlock("key", Layers.linear(width, bias));
        this.value = addChildBlock("value", Layers.linear(width, bias));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = inputs.head();
        @Nullable NDArray mask = inputs.size() > 1 ? inputs.get(1) : null;
        return new NDList(Hidden.of(inputs, () -> {
            NDArray q = Layers.apply(query, store, x, training);
            NDArray k = Layers.apply(key, store, x, training);
            NDArray v = Layers.apply(value, store, x, training);
            return heads.attend(q, k, v, mask, training);
        }));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0]};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, query, key, value);
    }
}
