package io.graft.modifiers.transfer;

import io.graft.SkipReason;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a checkpoint goes where.
 *
 * @param loads at most one for each tensor of the model, in the order of its state dict
 */
record Fit(List<Load> loads, List<Skip> skips) {
    Fit {
        loads = List.copyOf(loads);
        skips = List.copyOf(skips);
    }

    /** This fit with entries that were skipped before. */
    Fit and(List<Skip> others) {
        List<Skip> all = new ArrayList<>(others);
        all.addAll(skips);
        return new Fit(loads, all);
    }

    List<Skip> skipped(SkipReason reason) {
        return skips.stream().filter(skip -> skip.reason() == reason).toList();
    }
}
