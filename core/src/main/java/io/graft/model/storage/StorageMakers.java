package io.graft.model.storage;

import io.graft.checkpoint.layout.TensorSet;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import io.graft.model.parametrization.StorageMaker;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The makers of storages that are at hand, which are looked for once, when the first one is wanted. */
final class StorageMakers {
    private @Nullable List<StorageMaker> found;

    /** One that makes storages of a set. */
    synchronized Optional<StorageMaker> of(TensorSet set) {
        if (found == null) {
            found = ServiceScan.of(StorageMaker.class, Thread.currentThread().getContextClassLoader()).found().stream()
                    .map(FoundService::service)
                    .toList();
        }
        return found.stream().filter(maker -> maker.makes(set)).findFirst();
    }
}
