package io.graft.torchscript;

import io.graft.Plan;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parametrized tensors of a plan that an open program computes in their places before it runs, since its code cannot be edited so that
 * it does.
 *
 * @param coded the plan without their parametrizations, which the program's archive can hold
 * @param weights each under the name that counts
 * @param owned what their parametrizations own
 * @param problems what cannot be computed in its place either, and warnings
 * @param unwritable why an archive cannot hold the plan; nothing if there are no such tensors
 */
public record RecomputedWeights(
        Plan coded,
        List<DraftTensor> weights,
        List<DraftTensor> owned,
        List<Problem> problems,
        List<Problem> unwritable) {
    /**
     * Tells them apart from those that code computes.
     *
     * @param coded the program as its archive computes it
     * @param before names of tensors that are computed in their places now
     */
    public static RecomputedWeights of(ScriptArchive archive, ModelDraft coded, Plan plan, Set<String> before) {
        Map<String, DraftTensor> parametrized = parametrized(plan.tensors());
        if (parametrized.isEmpty() || archive.isFrozen() || archive.isLite()) {
            return new RecomputedWeights(plan, List.of(), List.of(), List.of(), List.of());
        }
        Ties ties = Ties.of(plan.tensors());
        Map<String, String> reasons = new LinkedHashMap<>();
        parametrized.values().stream()
                .filter(tensor -> before.contains(tensor.origin()))
                .forEach(tensor -> reasons.put(tensor.name(), "`" + tensor.name() + "` is computed in its place"));
        ScriptChanges.of(archive, coded, without(plan, reasons.keySet()))
                .uneditable()
                .forEach((tensor, why) -> reasons.put(tensor.name(), why));
        sharing(parametrized, reasons);
        List<DraftTensor> weights = parametrized.values().stream()
                .filter(tensor -> reasons.containsKey(tensor.name()) && ties.counts(tensor))
                .toList();
        Set<String> names = new HashSet<>();
        weights.forEach(tensor -> {
            names.add(tensor.name());
            names.addAll(ties.others(tensor));
        });
        Plan rest = without(plan, names);
        ScriptRefusals refusals = new ScriptRefusals();
        PlaceLimits limits = new PlaceLimits(archive, ties);
        weights.stream()
                .filter(tensor -> !before.contains(tensor.origin()))
                .forEach(tensor -> check(tensor, reasons.get(tensor.name()), limits, refusals));
        ScriptRefusals unwritable = new ScriptRefusals();
        weights.forEach(tensor -> unwritable.code(reasons.get(tensor.name())));
        return new RecomputedWeights(
                rest, weights, owned(plan.tensors(), weights), refusals.problems(), unwritable.problems());
    }

    /** The tensors of a program that is nobody's, which its archive computes without what would have to be edited. */
    public static RecomputedWeights of(ScriptArchive archive, Plan plan) {
        return of(archive, archive.draft(), plan, Set.of());
    }

    /** The plan with these weights folded, which the program's archive can hold. */
    public Plan folded() {
        Map<String, DraftTensor> values = new LinkedHashMap<>();
        weights.forEach(tensor -> values.put(tensor.name(), tensor.folded()));
        return coded.withTensors(coded.tensors().stream()
                .map(tensor -> values.getOrDefault(tensor.name(), tensor))
                .toList());
    }

    private static Map<String, DraftTensor> parametrized(List<DraftTensor> tensors) {
        Map<String, DraftTensor> parametrized = new LinkedHashMap<>();
        for (DraftTensor tensor : tensors) {
            if (!tensor.parametrizations().isEmpty()) {
                parametrized.put(tensor.name(), tensor);
            }
        }
        return parametrized;
    }

    /** What several weights have in common is computed with in one way. */
    private static void sharing(Map<String, DraftTensor> parametrized, Map<String, String> reasons) {
        boolean more = !reasons.isEmpty();
        while (more) {
            more = false;
            Map<String, String> taken = new LinkedHashMap<>();
            parametrized.values().stream()
                    .filter(tensor -> reasons.containsKey(tensor.name()))
                    .forEach(tensor -> names(tensor).forEach(name -> taken.put(name, tensor.name())));
            for (DraftTensor tensor : parametrized.values()) {
                Optional<String> common = names(tensor).stream()
                        .filter(taken::containsKey)
                        .filter(name -> !reasons.containsKey(tensor.name()))
                        .findFirst();
                if (common.isPresent()) {
                    reasons.put(
                            tensor.name(),
                            "it has `" + common.get() + "` in common with `" + taken.get(common.get()) + "`");
                    more = true;
                }
            }
        }
    }

    private static Set<String> names(DraftTensor tensor) {
        return tensor.parametrizations().stream()
                .flatMap(applied -> applied.owned().values().stream())
                .map(Applied.Owned::name)
                .collect(Collectors.toSet());
    }

    private static List<DraftTensor> owned(List<DraftTensor> tensors, List<DraftTensor> weights) {
        Set<String> names = new HashSet<>();
        weights.forEach(tensor -> names.addAll(names(tensor)));
        return tensors.stream()
                .filter(tensor -> tensor.owner().isPresent() && names.contains(tensor.name()))
                .toList();
    }

    private static void check(DraftTensor tensor, String reason, PlaceLimits limits, ScriptRefusals refusals) {
        Optional<String> limit;
        try {
            limit = limits.of(tensor);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        limit.ifPresentOrElse(refusals::uncomputable, () -> refusals.recomputed(tensor, reason));
        Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
        for (Applied applied : tensor.parametrizations()) {
            if (applied.parametrization().form(below) instanceof Form.LowRank form && form.inputDropout() > 0) {
                refusals.dropout(tensor, applied);
            }
        }
    }

    private static Plan without(Plan plan, Set<String> names) {
        return plan.withTensors(without(plan.tensors(), names));
    }

    /** Tensors without the parametrizations of some, and without what nothing owns then. */
    static List<DraftTensor> without(List<DraftTensor> tensors, Set<String> names) {
        Set<String> used = new HashSet<>();
        tensors.stream().filter(tensor -> !names.contains(tensor.name())).forEach(tensor -> used.addAll(names(tensor)));
        return tensors.stream()
                .filter(tensor -> tensor.owner().isEmpty() || used.contains(tensor.name()))
                .map(tensor -> names.contains(tensor.name()) ? tensor.withParametrizations(List.of()) : tensor)
                .toList();
    }
}
