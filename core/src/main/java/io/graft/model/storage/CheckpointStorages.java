package io.graft.model.storage;

import io.graft.checkpoint.Encoding;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import java.util.Map;

/**
 * Makes storages of the weights of a checkpoint as it has them: codes stay codes, with what belongs to them, and a live layer may
 * multiply with them.
 */
public final class CheckpointStorages {
    private final Form.ScaledCodes.Kernel kernel;
    private final StorageMakers makers = new StorageMakers();

    /**
     * @param kernel how a layer may run integers, where a weight is made of such
     */
    public CheckpointStorages(Form.ScaledCodes.Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * A storage of a weight. Of one in a layout that cannot be read, the value says so when it is wanted.
     *
     * @param parts its stored tensors, by the names that they have after that of the module
     */
    public Parametrization of(Encoding encoding, Map<String, LazyTensor> parts) {
        return new LayoutStorage(encoding, parts, makers, kernel);
    }
}
