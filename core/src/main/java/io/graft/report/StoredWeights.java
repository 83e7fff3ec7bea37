package io.graft.report;

import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form.ScaledCodes;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Loss;
import io.graft.tensor.expression.Expression;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** Tensors that a run puts into storages, by the changes that tell of them: how large they are, and what is lost. */
final class StoredWeights {
    private final IdentityHashMap<Change, Entry> byChange = new IdentityHashMap<>();

    /**
     * A tensor.
     *
     * @param before its bytes
     * @param after the bytes of all that the storage holds in its place
     * @param loss empty if nothing is lost, or nobody knows
     * @param update see {@link DraftTensor#update}
     * @param kernel how a layer may multiply with it; empty if it is not made of integers
     */
    record Entry(long before, long after, Optional<Loss> loss, Optional<Loss.Update> update, Optional<Kernel> kernel) {}

    StoredWeights(List<DraftTensor> tensors) {
        for (DraftTensor tensor : tensors) {
            tensor.storage()
                    .ifPresent(storage -> tensor.changes().stream()
                            .filter(StoredWeights::isOfStorage)
                            .forEach(change -> byChange.put(change, entry(tensor, storage))));
        }
    }

    private static boolean isOfStorage(Change change) {
        return change instanceof Change.Requantized
                || (change instanceof Change.Parametrized put && put.adapter().isEmpty());
    }

    private static Entry entry(DraftTensor tensor, Applied storage) {
        return new Entry(
                tensor.dtype().byteCount(tensor.shape()),
                storage.owned().values().stream()
                        .map(Applied.Owned::value)
                        .mapToLong(part -> part.dtype().byteCount(part.shape()))
                        .sum(),
                storage.parametrization().loss(),
                tensor.update(),
                Optional.of(storage.parametrization().form(new Expression.Below(tensor.shape(), tensor.dtype())))
                        .filter(ScaledCodes.class::isInstance)
                        .map(form -> ((ScaledCodes) form).kernel()));
    }

    /** What a change put into a storage, if it is there still; an entry of the plan's own changes. */
    Optional<Entry> of(Change change) {
        return Optional.ofNullable(byChange.get(change));
    }
}
