package io.graft.modifiers.lora.update;

import io.graft.tensor.LazyTensor;
import java.util.Map;

/** An update that an adapter's files hold in other tensors than those that it owns. */
public interface SavedOtherwise {
    /**
     * The tensors of the files.
     *
     * @param owned its own, by slot, as they are now
     * @return by the slots that files know
     */
    Map<String, LazyTensor> saved(Map<String, LazyTensor> owned);
}
