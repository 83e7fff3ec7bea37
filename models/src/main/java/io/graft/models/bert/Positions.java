package io.graft.models.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import io.graft.models.parts.Layers;
import io.graft.models.parts.LookupTable;

/** Which position a token has, as the embeddings of positions that are added to those of tokens. */
@FunctionalInterface
public interface Positions {
    /**
     * @param tokens [B, S]
     * @return what can be added to [B, S, H]
     */
    NDArray of(NDArray tokens, LookupTable table, ParameterStore store, boolean training);

    /** BERT's: 0, 1, 2, ..., whatever the tokens are. */
    static Positions counted() {
        return (tokens, table, store, training) -> table.first(tokens.getShape().get(1), store, tokens, training);
    }

    /** RoBERTa's: tokens are counted from the one behind that of padding, which padding itself has. */
    static Positions behind(int padding) {
        return (tokens, table, store, training) -> {
            NDArray counts = tokens.neq(padding).toType(DataType.INT64, false);
            NDArray positions = counts.cumSum(1).mul(counts).add(padding);
            return Layers.apply(table, store, positions.toType(DataType.INT64, false), training);
        };
    }
}
