package io.graft.model.storage;

import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.tensor.LazyTensor;
import java.util.Map;
import java.util.Optional;

/**
 * Makes storages of the weights of a checkpoint as it has them: codes stay codes, with what belongs to them, and a live layer may
 * multiply with them.
 */
public final class CheckpointStorages {
    private final Form.ScaledCodes.Kernel kernel;
    private final Optional<StorageConfiguration> said;
    private final StorageMakers makers = new StorageMakers();

    /**
     * @param kernel how a layer may run integers, where a weight is made of such
     * @param configuration what lies beside the checkpoint
     */
    public CheckpointStorages(Form.ScaledCodes.Kernel kernel, ModelConfiguration configuration) {
        this.kernel = kernel;
        this.said = FoundConfiguration.of(configuration);
    }

    /**
     * A storage of a weight. Of one in a layout that cannot be read, the value says so when it is wanted.
     *
     * @param parts its stored tensors, by the names that they have after that of the module
     */
    public Parametrization of(Encoding encoding, Map<String, LazyTensor> parts) {
        return new LayoutStorage(encoding, parts, makers, kernel, said);
    }
}
