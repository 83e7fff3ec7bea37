package io.graft.torchscript;

import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether an archive's code can be edited as a plan asks for it, which is known when it is. */
final class CodeTrial {
    private final ScriptArchive archive;
    private final List<DraftTensor> tensors;
    private final Ties ties;
    private final StandingModules standing;
    private final ScriptRefusals refusals = new ScriptRefusals();

    /**
     * @param tensors all of the plan
     * @param ties theirs
     * @param standing modules that are told that nobody trains
     */
    CodeTrial(ScriptArchive archive, List<DraftTensor> tensors, Ties ties, StandingModules standing) {
        this.archive = archive;
        this.tensors = tensors;
        this.ties = ties;
        this.standing = standing;
    }

    /**
     * Makes the edits, and keeps nothing of them.
     *
     * @param parametrized tensors on which other parametrizations stand than before; if there are none, modules begin to stand still
     *     or move again
     */
    List<Problem> problems(List<DraftTensor> parametrized) {
        try {
            ParametrizedReads reads = edited(tensors);
            parametrized.stream().filter(ties::counts).forEach(tensor -> {
                checkDropout(tensor, reads.branches(tensor));
                checkKernel(tensor, reads.kernels(tensor));
            });
        } catch (CodeRefusal refused) {
            if (parametrized.isEmpty()) {
                refusals.moving(standing.turned().get(0), refused.getMessage());
            } else {
                refusals.code(refused.getMessage());
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return refusals.problems();
    }

    /**
     * The tensors whose parametrizations code cannot be edited for, with why; empty if it can for all, or if parametrizations have
     * nothing to do with it.
     *
     * @param parametrized tensors on which other parametrizations stand than before
     */
    Map<DraftTensor, String> uneditable(List<DraftTensor> parametrized) {
        Map<DraftTensor, String> found = new LinkedHashMap<>();
        List<DraftTensor> counting = parametrized.stream().filter(ties::counts).toList();
        Optional<String> refusal = refusal(counting, counting);
        if (refusal.isPresent() && refusal(counting, List.of()).isEmpty()) {
            collect(counting, counting, refusal.get(), found);
            List<DraftTensor> editable = counting.stream()
                    .filter(tensor -> !found.containsKey(tensor))
                    .toList();
            // What can be edited by itself may be in the way of something else.
            refusal(counting, editable).ifPresent(why -> editable.forEach(tensor -> found.put(tensor, why)));
        }
        return found;
    }

    /**
     * Finds those of some tensors that code cannot be edited for.
     *
     * @param some one or more
     * @param refusal why it cannot be for all of these
     */
    private void collect(
            List<DraftTensor> all, List<DraftTensor> some, String refusal, Map<DraftTensor, String> found) {
        if (some.size() == 1) {
            found.put(some.get(0), refusal);
            return;
        }
        int half = some.size() / 2;
        for (List<DraftTensor> part : List.of(some.subList(0, half), some.subList(half, some.size()))) {
            refusal(all, part).ifPresent(why -> collect(all, part, why, found));
        }
    }

    /** Why the code cannot be edited for some of the tensors and for none of the others. */
    private Optional<String> refusal(List<DraftTensor> all, List<DraftTensor> some) {
        Set<String> without = new HashSet<>();
        all.stream().filter(tensor -> !some.contains(tensor)).forEach(tensor -> {
            without.add(tensor.name());
            without.addAll(ties.others(tensor));
        });
        for (DraftTensor tensor : some) {
            Optional<String> limit = limit(tensor);
            if (limit.isPresent()) {
                return limit;
            }
        }
        try {
            edited(RecomputedWeights.without(tensors, without));
            return Optional.empty();
        } catch (CodeRefusal refused) {
            return Optional.of(refused.getMessage());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What of a tensor's parametrizations code cannot say. */
    static Optional<String> limit(DraftTensor tensor) {
        Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
        return tensor.parametrizations().stream()
                .flatMap(applied -> CodeEvaluator.limit(
                                applied.parametrization().form(below).value())
                        .stream()
                        .map(limit -> "`" + tensor.name() + "` with "
                                + applied.parametrization().id() + ", which " + limit))
                .findFirst();
    }

    /** Edits the code, keeps nothing of it, and tells where it reads what it computes. */
    private ParametrizedReads edited(List<DraftTensor> all) throws IOException {
        ParametrizedReads reads = ParametrizedReads.of(archive, all, standing);
        new ScriptParametrizing(archive, reads, standing).edit(OwnedFields.Placing.NOWHERE);
        return reads;
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

    /** Whoever asks for none, or for whichever is the fastest, gets it. */
    private void checkKernel(DraftTensor tensor, List<Kernel> kernels) {
        KernelCode.codes(tensor)
                .map(Form.ScaledCodes::kernel)
                .filter(kernel -> kernel == Kernel.WEIGHT_ONLY || kernel == Kernel.DYNAMIC)
                .filter(kernel -> !kernels.contains(kernel))
                .ifPresent(kernel -> refusals.dequantized(tensor, kernel));
    }
}
