package io.graft.djl.modified;

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.forward.RowLookup;
import java.util.List;

/** Stands in the place of an embedding whose weight is stored as something else than its numbers, and computes the rows that are looked up. */
public final class QuantizedWordEmbedding extends TrainableWordEmbedding implements ExchangedLayer, RowLookup {
    private final StandIn<TrainableWordEmbedding> place;

    QuantizedWordEmbedding(TrainableWordEmbedding original) {
        super(new DefaultVocabulary(List.of("")), 1);
        this.place = StandIn.of(TrainableWordEmbedding.class, "embedding", original, this);
    }

    @Override
    public TrainableWordEmbedding original() {
        return place.back(this);
    }

    @Override
    public Class<TrainableWordEmbedding> standsFor() {
        return place.type();
    }

    @Override
    public Parameter table() {
        return place.weight();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray indices = inputs.head();
        return new NDList(RowLookup.rows(store, place.weight(), indices, training));
    }
}
