package io.graft.torchscript;

import io.graft.Plan;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plan changes in an archive; a tensor with several names once, but for its flags.
 *
 * @param values tensors that get other values
 * @param retyped tensors that get another dtype or shape
 * @param flags tensors whose trainability changes
 * @param problems what an archive cannot do, and warnings
 */
public record ScriptChanges(
        List<DraftTensor> values, List<DraftTensor> retyped, List<DraftTensor> flags, List<Problem> problems) {
    /**
     * Compares an archive with what a plan makes of it.
     *
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, Plan plan) {
        return new Comparison(archive, plan).changes();
    }

    /** Whether the archive stays as it is. */
    public boolean isEmpty() {
        return values.isEmpty() && retyped.isEmpty() && flags.isEmpty();
    }

    private static final class Comparison {
        private final ScriptArchive archive;
        private final Plan plan;
        private final Ties ties;
        private final Map<String, DraftTensor> present = new HashMap<>();
        private final List<DraftTensor> values = new ArrayList<>();
        private final List<DraftTensor> retyped = new ArrayList<>();
        private final List<DraftTensor> flags = new ArrayList<>();
        private final ScriptRefusals refusals = new ScriptRefusals();

        Comparison(ScriptArchive archive, Plan plan) {
            this.archive = archive;
            this.plan = plan;
            this.ties = Ties.of(plan.tensors());
            archive.draft().tensors().forEach(tensor -> present.put(tensor.name(), tensor));
        }

        ScriptChanges changes() {
            Set<String> kept = new HashSet<>();
            for (DraftTensor tensor : plan.tensors()) {
                kept.add(tensor.origin());
                if (tensor.origin().isEmpty()) {
                    if (tensor.owner().isEmpty()) {
                        refusals.added(tensor);
                    }
                } else if (present.containsKey(tensor.origin())) {
                    compare(present.get(tensor.origin()), tensor);
                } else {
                    throw new IllegalArgumentException(
                            "the plan is for another model: this one has no tensor named `" + tensor.origin() + "`");
                }
            }
            present.keySet().stream()
                    .filter(name -> !kept.contains(name))
                    .sorted()
                    .forEach(refusals::removed);
            return new ScriptChanges(values, retyped, flags, refusals.problems());
        }

        private void compare(DraftTensor before, DraftTensor tensor) {
            if (!tensor.name().equals(before.name())) {
                refusals.renamed(tensor);
            }
            if (!tensor.tie().equals(before.tie())) {
                refusals.parted(tensor);
            }
            if (!tensor.parametrizations().isEmpty()) {
                refusals.parametrized(tensor);
            }
            boolean typed = tensor.dtype() == before.dtype() && tensor.shape().equals(before.shape());
            boolean flagged = tensor.trainable() != before.trainable();
            if (typed && !flagged && tensor.base().equals(before.base())) {
                return;
            }
            if (archive.isFrozen() || archive.isLite()) {
                closed(tensor.name());
            } else {
                if (flagged) {
                    flags.add(tensor);
                }
                if (ties.counts(tensor)) {
                    value(before, tensor, typed);
                }
            }
        }

        private void closed(String name) {
            if (archive.isFrozen()) {
                refusals.frozen(name);
            } else {
                refusals.lite(name);
            }
        }

        private void value(DraftTensor before, DraftTensor tensor, boolean typed) {
            if (typed) {
                if (!tensor.base().equals(before.base())) {
                    values.add(tensor);
                }
                return;
            }
            if (!archive.isAlone(archive.find(tensor.origin()).orElseThrow().value())) {
                refusals.shared(tensor);
            }
            if (TorchTypes.scriptStorageOf(tensor.dtype()).isEmpty()) {
                refusals.unholdable(tensor);
            }
            refusals.retyped(before, tensor);
            retyped.add(tensor);
        }
    }
}
