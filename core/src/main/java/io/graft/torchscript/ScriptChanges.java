package io.graft.torchscript;

import io.graft.Plan;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.model.Form;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a plan changes in an archive; a tensor with several names once, but for its flags.
 *
 * @param values tensors that get other values
 * @param retyped tensors that get another dtype or shape
 * @param flags tensors whose trainability changes
 * @param parametrized tensors on which other parametrizations stand than before
 * @param weights the tensors that hold weights of adapters, where these change
 * @param turned modules that begin to stand still in training, being frozen, or that move again
 * @param problems what an archive cannot do, and warnings
 */
public record ScriptChanges(
        List<DraftTensor> values,
        List<DraftTensor> retyped,
        List<DraftTensor> flags,
        List<DraftTensor> parametrized,
        List<DraftTensor> weights,
        List<String> turned,
        List<Problem> problems) {
    /**
     * Compares an archive with what a plan makes of it.
     *
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, Plan plan) {
        return of(archive, archive.draft(), plan);
    }

    /**
     * Compares a program that is open, and so may have other values than its archive, with what a plan makes of it.
     *
     * @param present how it is
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, ModelDraft present, Plan plan) {
        return new Comparison(archive, present, plan).changes();
    }

    /** Whether the archive stays as it is. */
    public boolean isEmpty() {
        return values.isEmpty() && retyped.isEmpty() && flags.isEmpty() && weights.isEmpty() && !isRecoded();
    }

    /** Whether the program has other code than before. */
    public boolean isRecoded() {
        return !parametrized.isEmpty() || !turned.isEmpty();
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
        private boolean weighted;
        private final ScriptRefusals refusals = new ScriptRefusals();

        Comparison(ScriptArchive archive, ModelDraft draft, Plan plan) {
            this.archive = archive;
            this.plan = plan;
            this.ties = Ties.of(plan.tensors());
            draft.tensors().forEach(tensor -> present.put(tensor.name(), tensor));
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
            present.values().stream()
                    .filter(tensor ->
                            !kept.contains(tensor.name()) && tensor.owner().isEmpty())
                    .map(DraftTensor::name)
                    .sorted()
                    .forEach(refusals::removed);
            StandingModules standing = standing();
            boolean recoded = !parametrized.isEmpty() || !standing.turned().isEmpty();
            if (recoded && refusals.problems().stream().noneMatch(Problem::isError)) {
                tryCode(standing);
            }
            return new ScriptChanges(
                    values, retyped, flags, parametrized, weights(recoded), standing.turned(), refusals.problems());
        }

        /** The program is made anew with the weights of all adapters, if it is. */
        private List<DraftTensor> weights(boolean recoded) {
            return weighted && !recoded ? archive.weights(new ModelDraft(List.of(), plan.tensors())) : List.of();
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
            boolean recoded = isRecoded(before, tensor, typed);
            if (typed && !flagged && kept && !recoded && !isWeighted(before, tensor)) {
                return;
            }
            if (archive.isFrozen() || archive.isLite()) {
                closed(tensor.name());
            } else {
                if (flagged) {
                    flags.add(tensor);
                }
                if (recoded) {
                    parametrized.add(tensor);
                    checkForms(tensor);
                } else {
                    weighted |= isWeighted(before, tensor);
                }
                if (ties.counts(tensor) && tensor.storage().isEmpty()) {
                    value(before, tensor, typed);
                }
            }
        }

        /** Whether the program has to compute in another way. */
        private static boolean isRecoded(DraftTensor before, DraftTensor tensor, boolean typed) {
            List<Applied> old = before.parametrizations();
            List<Applied> now = tensor.parametrizations();
            boolean same = old.size() == now.size();
            for (int i = 0; same && i < now.size(); i++) {
                same = old.get(i).adapter().equals(now.get(i).adapter())
                        && old.get(i).parametrization().equals(now.get(i).parametrization());
            }
            return !same || (!typed && !now.isEmpty());
        }

        private static boolean isWeighted(DraftTensor before, DraftTensor tensor) {
            return IntStream.range(0, tensor.parametrizations().size())
                    .anyMatch(i -> tensor.parametrizations().get(i).weight()
                            != before.parametrizations().get(i).weight());
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

        private StandingModules standing() {
            try {
                return StandingModules.of(archive, present.values(), plan.tensors());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        /** Whether the code can be edited is known when it is. */
        private void tryCode(StandingModules standing) {
            try {
                ScriptParametrizing how = ScriptParametrizing.of(archive, plan.tensors(), standing);
                how.edit(OwnedFields.Placing.NOWHERE);
                parametrized.stream()
                        .filter(ties::counts)
                        .forEach(tensor -> checkDropout(tensor, how.branches(tensor)));
            } catch (CodeRefusal refused) {
                if (parametrized.isEmpty()) {
                    refusals.moving(standing.turned().get(0), refused.getMessage());
                } else {
                    refusals.code(refused.getMessage());
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        /** Only a layer that runs a product beside its weight sees the inputs of both. */
        private void checkDropout(DraftTensor tensor, List<Applied> branches) {
            Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
            tensor.parametrizations().stream()
                    .filter(applied -> !branches.contains(applied))
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
            if (before.storage().isPresent()) {
                retyped.add(tensor);
                return;
            }
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
