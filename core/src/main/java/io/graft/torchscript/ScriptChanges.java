package io.graft.torchscript;

import io.graft.Plan;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.model.Form;
import io.graft.model.Ties;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
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
 * @param parametrized tensors that parametrizations stand on
 * @param problems what an archive cannot do, and warnings
 */
public record ScriptChanges(
        List<DraftTensor> values,
        List<DraftTensor> retyped,
        List<DraftTensor> flags,
        List<DraftTensor> parametrized,
        List<Problem> problems) {
    /**
     * Compares an archive with what a plan makes of it.
     *
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, Plan plan) {
        return of(archive, archive.draft().tensors(), plan);
    }

    /**
     * Compares a program that is open, and so may have other values than its archive, with what a plan makes of it.
     *
     * @param present its tensors
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, Collection<DraftTensor> present, Plan plan) {
        return new Comparison(archive, present, plan).changes();
    }

    /** Whether the archive stays as it is. */
    public boolean isEmpty() {
        return values.isEmpty() && retyped.isEmpty() && flags.isEmpty() && parametrized.isEmpty();
    }

    private static final class Comparison {
        private final ScriptArchive archive;
        private final Plan plan;
        private final Ties ties;
        private final Map<String, DraftTensor> present = new HashMap<>();
        private final List<DraftTensor> values = new ArrayList<>();
        private final List<DraftTensor> retyped = new ArrayList<>();
        private final List<DraftTensor> flags = new ArrayList<>();
        private final List<DraftTensor> parametrized = new ArrayList<>();
        private final ScriptRefusals refusals = new ScriptRefusals();

        Comparison(ScriptArchive archive, Collection<DraftTensor> tensors, Plan plan) {
            this.archive = archive;
            this.plan = plan;
            this.ties = Ties.of(plan.tensors());
            tensors.forEach(tensor -> present.put(tensor.name(), tensor));
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
            if (!parametrized.isEmpty() && refusals.problems().stream().noneMatch(Problem::isError)) {
                tryCode();
            }
            return new ScriptChanges(values, retyped, flags, parametrized, refusals.problems());
        }

        private void compare(DraftTensor before, DraftTensor tensor) {
            if (!tensor.name().equals(before.name())) {
                refusals.renamed(tensor);
            }
            if (!tensor.tie().equals(before.tie())) {
                refusals.parted(tensor);
            }
            boolean typed = tensor.dtype() == before.dtype() && tensor.shape().equals(before.shape());
            boolean flagged = tensor.trainable() != before.trainable();
            boolean kept = tensor.storage().isPresent() || tensor.base().equals(before.base());
            if (typed && !flagged && kept && tensor.parametrizations().isEmpty()) {
                return;
            }
            if (archive.isFrozen() || archive.isLite()) {
                closed(tensor.name());
            } else {
                if (flagged) {
                    flags.add(tensor);
                }
                if (!tensor.parametrizations().isEmpty()) {
                    parametrized.add(tensor);
                    checkForms(tensor);
                }
                if (ties.counts(tensor) && tensor.storage().isEmpty()) {
                    value(before, tensor, typed);
                }
            }
        }

        private void checkForms(DraftTensor tensor) {
            Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
            for (Applied applied : tensor.parametrizations()) {
                Form form = applied.parametrization().form(below);
                CodeEvaluator.limit(form.value())
                        .ifPresent(limit -> refusals.code("`" + tensor.name() + "` with "
                                + applied.parametrization().id() + ", which " + limit));
            }
        }

        /** Whether the code can be edited is known when it is. */
        private void tryCode() {
            try {
                Set<String> factored =
                        ScriptParametrizing.plan(archive, plan.tensors()).factored();
                parametrized.forEach(tensor -> checkDropout(tensor, factored.contains(tensor.name())));
            } catch (CodeRefusal refused) {
                refusals.code(refused.getMessage());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        /** Only a layer that runs a product beside its weight sees the inputs of both. */
        private void checkDropout(DraftTensor tensor, boolean factored) {
            List<Applied> branches = factored ? ScriptParametrizing.branches(tensor) : List.of();
            Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
            tensor.parametrizations().stream()
                    .filter(applied -> applied.isActive() && !branches.contains(applied))
                    .filter(applied -> applied.parametrization().form(below) instanceof Form.LowRank lowRank
                            && lowRank.inputDropout() > 0)
                    .forEach(applied -> refusals.dropout(tensor, applied));
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
