package io.graft.torchscript;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.problem.CasesByKind;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.ProblemKind;
import io.graft.problem.Severity;
import java.util.List;

/** Collects what an archive cannot do, and what a person should know of what it does, as one problem for each kind of change. */
final class ScriptRefusals {
    private enum Kind implements ProblemKind {
        FROZEN(
                "torch.jit.freeze has made the module's tensors constants of its program, which cannot be changed",
                "modify the module as it was before torch.jit.freeze"),
        LITE(
                "the archive holds a second program for the lite interpreter, `bytecode.pkl`, which would not be changed",
                "modify an archive of torch.jit.save, and save the result for the lite interpreter"),
        RENAMED(
                "a TorchScript program reads its tensors by their names, so that they cannot be renamed",
                "rename them in a checkpoint (`model.checkpoint`), or in the model before it is scripted or traced"),
        ADDED(
                "a TorchScript program cannot take tensors that its classes do not declare",
                "add them to the model before it is scripted or traced"),
        REMOVED(
                "a TorchScript program cannot do without its tensors",
                "remove them from the model before it is scripted or traced"),
        PARTED(
                "a TorchScript program may read a tied tensor by any of its names, so that the tie cannot end",
                "untie them in the model before it is scripted or traced"),
        SHARED(
                "a tensor that others share elements with keeps its dtype and shape",
                "give the others elements of their own before the model is scripted or traced"),
        CODE(
                "the program's code cannot be edited so that it computes a parametrized tensor",
                "fold the parametrizations into the weights, put them on a native block, or, to train them, on the program while it is"
                        + " open, which computes such weights in place"),
        UNCOMPUTABLE(
                "a program neither has code that can be edited so that it computes a parametrized tensor, nor can compute it in place",
                "fold the parametrizations into the weights, or put them on a native block"),
        RECOMPUTED(
                "the program's code cannot be edited so that it computes a parametrized tensor, which the program computes in its place"
                        + " instead while it is open, beside a base that takes as much memory",
                "fold the parametrizations before the program is written"),
        MOVING(
                "a frozen part of a program cannot be kept from dropping out and from updating its statistics in training",
                "leave one of its parameters trainable, or trace the model in evaluation mode"),
        DROPOUT("a program that computes a weight as a whole cannot drop out inputs", "set the dropout to 0"),
        DEQUANTIZED(
                "the program cannot run the kernel that was asked for, so that it dequantizes a weight each time",
                "let `kernel` be fastest or none"),
        CAST_BESIDE(
                "a program cannot multiply quantized weights, which stay numbers of the dtype that they were quantized in, with what is cast"
                        + " afterwards",
                "put `casting` before `quantization`, or before `transfer-learning` with `keep-codes`"),
        UNHOLDABLE("a TorchScript archive cannot hold a dtype", "cast to another one"),
        RETYPED(
                "the program computes with other dtypes or shapes than it was made for, and may fail",
                "try it with `graft verify`; where all tensors are cast, its inputs have to be too");

        private final String message;
        private final String help;

        Kind(String message, String help) {
            this.message = message;
            this.help = help;
        }

        @Override
        public String message() {
            return message;
        }

        @Override
        public String help() {
            return help;
        }

        @Override
        public Severity severity() {
            return this == RETYPED || this == DEQUANTIZED || this == RECOMPUTED ? Severity.WARNING : Severity.ERROR;
        }
    }

    private final CasesByKind<Kind> cases = new CasesByKind<>(ProblemCode.UNSUPPORTED_CHANGE, Kind.class);

    void frozen(String name) {
        cases.add(Kind.FROZEN, "`" + name + "`");
    }

    void lite(String name) {
        cases.add(Kind.LITE, "`" + name + "`");
    }

    void renamed(DraftTensor tensor) {
        cases.add(Kind.RENAMED, "`" + tensor.origin() + "` to `" + tensor.name() + "`");
    }

    void added(DraftTensor tensor) {
        cases.add(Kind.ADDED, "`" + tensor.name() + "`");
    }

    void removed(String name) {
        cases.add(Kind.REMOVED, "`" + name + "`");
    }

    void parted(DraftTensor tensor) {
        cases.add(Kind.PARTED, "`" + tensor.name() + "`");
    }

    void shared(DraftTensor tensor) {
        cases.add(Kind.SHARED, "`" + tensor.name() + "`");
    }

    /** Where code cannot be edited, and why. */
    void code(String reason) {
        cases.add(Kind.CODE, reason);
    }

    /** What cannot be computed in its place either. */
    void uncomputable(String reason) {
        cases.add(Kind.UNCOMPUTABLE, reason);
    }

    /** No refusal but a warning. */
    void recomputed(DraftTensor tensor, String reason) {
        cases.add(Kind.RECOMPUTED, "`" + tensor.name() + "` (" + reason + ")");
    }

    /** Which part, and why. */
    void moving(String path, String reason) {
        cases.add(Kind.MOVING, "`" + path + "` (" + reason + ")");
    }

    void dropout(DraftTensor tensor, Applied applied) {
        cases.add(
                Kind.DROPOUT,
                "`" + tensor.name() + "` with " + applied.parametrization().id());
    }

    /** No refusal but a warning. */
    void dequantized(DraftTensor tensor, Kernel kernel) {
        cases.add(Kind.DEQUANTIZED, "`" + tensor.name() + "` by " + kernel.id());
    }

    void unholdable(DraftTensor tensor) {
        cases.add(Kind.UNHOLDABLE, "`" + tensor.name() + "` would be " + tensor.dtype());
    }

    /** No refusal but a warning. */
    void retyped(DraftTensor before, DraftTensor after) {
        cases.add(
                Kind.RETYPED,
                "`" + after.name() + "` from " + before.dtype() + " " + before.shape() + " to " + after.dtype() + " "
                        + after.shape());
    }

    /**
     * @param quantized one of the weights that stay in the dtype before
     */
    void castBeside(DraftTensor before, DraftTensor after, DraftTensor quantized) {
        cases.add(
                Kind.CAST_BESIDE,
                "`" + after.name() + "` from " + before.dtype() + " to " + after.dtype() + " beside `"
                        + quantized.name() + "`");
    }

    List<Problem> problems() {
        return cases.problems();
    }
}
