package io.graft;

import io.graft.model.Change;
import io.graft.model.DraftTensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Largest relative errors of a plan's casts. */
public final class CastErrors {
    /** Those of a plan that was not carried out. */
    public static final CastErrors NONE = of(List.of(), List.of());

    private final IdentityHashMap<Change, Double> byChange = new IdentityHashMap<>();

    private CastErrors() {}

    static CastErrors of(List<DraftTensor> tensors, List<RoundedTensor> rounded) {
        Map<String, RoundedTensor> byName = new HashMap<>();
        rounded.forEach(tensor -> byName.put(tensor.name(), tensor));
        CastErrors errors = new CastErrors();
        for (DraftTensor tensor : tensors) {
            RoundedTensor found = byName.get(tensor.name());
            if (found != null) {
                found.maxRelativeError().ifPresent(error -> errors.put(tensor, error));
            }
        }
        return errors;
    }

    /** Values are rounded once, to the dtype that the last cast gave. */
    private void put(DraftTensor tensor, double error) {
        tensor.changes().stream()
                .filter(Change.Cast.class::isInstance)
                .reduce((earlier, later) -> later)
                .ifPresent(cast -> byChange.put(cast, error));
    }

    /** The error of a cast, an entry of the plan's own changes; empty if no value was rounded for it. */
    public OptionalDouble of(Change.Cast cast) {
        Double error = byChange.get(cast);
        return error == null ? OptionalDouble.empty() : OptionalDouble.of(error);
    }
}
