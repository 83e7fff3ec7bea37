package io.graft.torchscript;

import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what an archive cannot do, and what a person should know of what it does, as one problem for each kind of change. */
final class ScriptRefusals {
    private enum Kind {
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
                "fold the parametrizations into the weights, or put them on a native block"),
        MOVING(
                "a frozen part of a program cannot be kept from dropping out and from updating its statistics in training",
                "leave one of its parameters trainable, or trace the model in evaluation mode"),
        DROPOUT("a program that computes a weight as a whole cannot drop out inputs", "set the dropout to 0"),
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
    }

    private final Map<Kind, List<String>> cases = new EnumMap<>(Kind.class);

    void frozen(String name) {
        add(Kind.FROZEN, "`" + name + "`");
    }

    void lite(String name) {
        add(Kind.LITE, "`" + name + "`");
    }

    void renamed(DraftTensor tensor) {
        add(Kind.RENAMED, "`" + tensor.origin() + "` to `" + tensor.name() + "`");
    }

    void added(DraftTensor tensor) {
        add(Kind.ADDED, "`" + tensor.name() + "`");
    }

    void removed(String name) {
        add(Kind.REMOVED, "`" + name + "`");
    }

    void parted(DraftTensor tensor) {
        add(Kind.PARTED, "`" + tensor.name() + "`");
    }

    void shared(DraftTensor tensor) {
        add(Kind.SHARED, "`" + tensor.name() + "`");
    }

    /** Where code cannot be edited, and why. */
    void code(String reason) {
        add(Kind.CODE, reason);
    }

    /** Which part, and why. */
    void moving(String path, String reason) {
        add(Kind.MOVING, "`" + path + "` (" + reason + ")");
    }

    void dropout(DraftTensor tensor, Applied applied) {
        add(
                Kind.DROPOUT,
                "`" + tensor.name() + "` with " + applied.parametrization().id());
    }

    void unholdable(DraftTensor tensor) {
        add(Kind.UNHOLDABLE, "`" + tensor.name() + "` would be " + tensor.dtype());
    }

    /** No refusal but a warning. */
    void retyped(DraftTensor before, DraftTensor after) {
        add(
                Kind.RETYPED,
                "`" + after.name() + "` from " + before.dtype() + " " + before.shape() + " to " + after.dtype() + " "
                        + after.shape());
    }

    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        cases.forEach((kind, all) -> problems.add(new Problem(
                ProblemCode.UNSUPPORTED_CHANGE,
                kind == Kind.RETYPED ? Severity.WARNING : Severity.ERROR,
                "",
                Optional.empty(),
                kind.message + ": " + FirstFew.of(all, 1),
                List.of(),
                kind.help)));
        return problems;
    }

    private void add(Kind kind, String what) {
        cases.computeIfAbsent(kind, k -> new ArrayList<>()).add(what);
    }
}
