package io.graft.torchscript;

import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

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
            ScriptParametrizing how = ScriptParametrizing.of(archive, tensors, standing);
            how.edit(OwnedFields.Placing.NOWHERE);
            parametrized.stream().filter(ties::counts).forEach(tensor -> {
                checkDropout(tensor, how.branches(tensor));
                checkKernel(tensor, how.kernels(tensor));
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
