package io.graft.modifiers.lora.use;

import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.tensor.LazyTensor;
import java.util.List;
import java.util.Optional;

/** What is done with the updates of an adapter: they are merged into the weights, or stand on them. */
public interface UpdateUse {
    /** Once its edits are done, tells of the tensors that could not be given what the adapter has for them, those of one reason together. */
    void tellRefused();

    /**
     * What is done with an update of a tensor.
     *
     * @param path what the adapter's file calls the module that the update is of
     * @param ofGroup whether it is meant for all names of a tensor that has several
     */
    Edit update(DraftTensor tensor, String path, boolean ofGroup, Parametrization update);

    /**
     * What is done with values that were trained in the place of a tensor's own.
     *
     * @param path what the adapter's file calls the tensor
     */
    Edit saved(DraftTensor tensor, String path, LazyTensor value);

    /**
     * What is done with a trained tensor that the model lacks; empty if it is left out or refused, which is told.
     *
     * @param name what the model would call it
     */
    Optional<Edit> added(String name, AdapterTensor tensor, LazyTensor value);

    /** What is done with values of a base that the adapter carries along and that are not the model's; empty if that cannot be, which is told. */
    Optional<Edit> carried(AdapterTensor carried, DraftTensor tensor, LazyTensor value);

    /**
     * The part of a layer's inputs that an update does not see in training. Those of embeddings and experts see all, as with PEFT; those of
     * convolutions do, too, which PEFT does otherwise: {@link #tellOfDropout} tells.
     */
    double dropout(Arrangement arrangement, boolean isEmbedding);

    /** Tells of the convolutions that are adapted. */
    void tellOfDropout(List<String> convolutions);
}
