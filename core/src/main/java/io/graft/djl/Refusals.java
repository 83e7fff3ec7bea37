package io.graft.djl;

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

/** Collects what a block cannot do, as one problem for each kind of change. */
final class Refusals {
    private enum Kind {
        RENAMED(
                "a block cannot rename its tensors",
                "rename them in a checkpoint (`model.checkpoint`), or change the block's class"),
        ADDED(
                "a block cannot take tensors that its class does not declare",
                "add them in a checkpoint (`model.checkpoint`), or declare them in the block's class"),
        REMOVED(
                "a block cannot drop its tensors",
                "remove them in a checkpoint (`model.checkpoint`), or use a block without them"),
        RESHAPED(
                "a block keeps the shapes that it was initialized with",
                "give the block other arguments or input shapes, or do it in a checkpoint (`model.checkpoint`)"),
        CAST(
                "a block keeps the dtypes that it was initialized with",
                "cast in a checkpoint (`model.checkpoint`), or initialize the block with that dtype"),
        PARAMETRIZED(
                "a block cannot compute its tensors from others",
                "do it in a checkpoint (`model.checkpoint`), where the result is stored"),
        PARTED(
                "a block has one parameter for all of its names",
                "do it in a checkpoint (`model.checkpoint`), or give the block's class a parameter for each"),
        SCHEDULED(
                "a block is trained as it is committed, all the time or not at all",
                "freeze or unfreeze what is scheduled, or plan it in a checkpoint (`model.checkpoint`), whose manifest tells the"
                        + " schedule"),
        COMPLEX("DJL cannot write complex tensors", "leave them out of what the modifiers select");

        private final String message;
        private final String help;

        Kind(String message, String help) {
            this.message = message;
            this.help = help;
        }
    }

    private final Map<Kind, List<String>> cases = new EnumMap<>(Kind.class);

    void added(DraftTensor tensor) {
        add(Kind.ADDED, "`" + tensor.name() + "`");
    }

    void removed(String name) {
        add(Kind.REMOVED, "`" + name + "`");
    }

    /** Compares a tensor of the block with what the plan makes of it. */
    void check(DraftTensor before, DraftTensor after) {
        if (!after.name().equals(before.name())) {
            add(Kind.RENAMED, "`" + before.name() + "` to `" + after.name() + "`");
        }
        if (!after.shape().equals(before.shape())) {
            add(Kind.RESHAPED, "`" + before.name() + "` from " + before.shape() + " to " + after.shape());
        }
        if (after.dtype() != before.dtype()) {
            add(Kind.CAST, "`" + before.name() + "` from " + before.dtype() + " to " + after.dtype());
        }
        after.trainability()
                .schedule()
                .ifPresent(when -> add(Kind.SCHEDULED, "`" + before.name() + "` would be " + when));
        if (!after.parametrizations().isEmpty()) {
            add(
                    Kind.PARAMETRIZED,
                    "`" + before.name() + "` with "
                            + after.parametrizations().get(0).parametrization().id());
        }
        if (before.dtype().isComplex() && !after.base().equals(before.base())) {
            add(Kind.COMPLEX, "`" + before.name() + "`");
        }
    }

    /** Compares two names of one parameter. */
    void checkTie(DraftTensor first, DraftTensor other) {
        if (!first.tie().equals(other.tie())) {
            add(Kind.PARTED, "`" + first.name() + "` and `" + other.name() + "` would be two tensors");
        }
    }

    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        cases.forEach((kind, all) -> problems.add(new Problem(
                ProblemCode.UNSUPPORTED_CHANGE,
                Severity.ERROR,
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
