package io.graft.djl.commit;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.problem.CasesByKind;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.ProblemKind;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import java.util.List;

/** Collects what a block cannot do, as one problem for each kind of change. */
public final class Refusals {
    private enum Kind implements ProblemKind {
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
        UNWRAPPABLE(
                "a block on its own cannot get parametrizations, because they wrap it in another one",
                "put it into a `Model` and modify that, or say where the wrapped one goes (`BlockTarget.of(block, place)`)"),
        UNHOLDABLE("DJL cannot hold what a parametrization owns", "cast it to F32"),
        UNRUNNABLE(
                "DJL's engine cannot run what a parametrization computes",
                "do it in a checkpoint (`model.checkpoint`), where the result is stored"),
        INVISIBLE(
                "DJL has no arrays of a parametrized weight's dtype, so that it cannot be computed in its place",
                "cast it to F32"),
        DROPOUT(
                "only a Linear that runs its parametrizations in factors can drop out inputs",
                "set the dropout to 0, and the weight is computed as a whole"),
        WHOLE_WEIGHT(
                "a Linear cannot be exchanged for one that runs in factors, so its weight is computed as a whole",
                "training gives the same, and takes longer"),
        RESTORED_WHOLE(
                "a quantized weight is restored as a whole whenever its layer runs, where that neither multiplies with codes nor looks up"
                        + " rows of them",
                "it takes the memory of its codes, and forwards take longer; leave it out where their time counts"),
        PARTED(
                "a block has one parameter for all of its names",
                "do it in a checkpoint (`model.checkpoint`), or give the block's class a parameter for each"),
        SCHEDULED(
                "a block is trained as it is committed, all the time or not at all",
                "freeze or unfreeze what is scheduled, let a trainer of `io.graft.training` carry it out, or plan it in a checkpoint"
                        + " (`model.checkpoint`), whose manifest tells the schedule"),
        NESTED(
                "a block cannot change what is in a module that the same plan brings",
                "let the source of that module have it, or do it in a second run"),
        UNMADE(
                "a block needs a module that can be run, and tensors alone do not tell how",
                "name a block factory for it (a Linear is known by its weight and bias)"),
        SHARED(
                "a block that stands in several places cannot be exchanged in one of them",
                "give the block's class a block for each"),
        UNREACHABLE(
                "a module cannot be exchanged in every place that holds it",
                "declare what holds it as a Block, not final and in no record, or make the whole model with the new module"),
        NOT_IN_LIST(
                "only a SequentialBlock or a ParallelBlock that stands in one place runs whatever children it has",
                "replace the module around it by one whose forward calls what it is to call"),
        NOT_LAST(
                "children of a list are named by position, so that only the last one can come or go",
                "name the last one; one in between can be replaced, by an identity too"),
        MOVING(
                "a frozen part cannot be kept from dropping out and from updating its statistics in training",
                "let its class be one that another can stand below and in for, or leave one of its parameters trainable"),
        COMPLEX("DJL cannot write complex tensors", "leave them out of what the modifiers select");

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
            return this == WHOLE_WEIGHT || this == RESTORED_WHOLE ? Severity.WARNING : Severity.ERROR;
        }
    }

    private final CasesByKind<Kind> cases = new CasesByKind<>(ProblemCode.UNSUPPORTED_CHANGE, Kind.class);

    void added(DraftTensor tensor) {
        cases.add(Kind.ADDED, "`" + tensor.name() + "`");
    }

    void removed(String name) {
        cases.add(Kind.REMOVED, "`" + name + "`");
    }

    /** Compares a tensor of the block with what the plan makes of it. */
    void check(DraftTensor before, DraftTensor after) {
        if (!after.name().equals(before.name())) {
            cases.add(Kind.RENAMED, "`" + before.name() + "` to `" + after.name() + "`");
        }
        if (!after.shape().equals(before.shape())) {
            cases.add(Kind.RESHAPED, "`" + before.name() + "` from " + before.shape() + " to " + after.shape());
        }
        if (after.dtype() != before.dtype()) {
            cases.add(Kind.CAST, "`" + before.name() + "` from " + before.dtype() + " to " + after.dtype());
        }
        scheduled(after);
        if (before.dtype().isComplex() && !after.base().equals(before.base())) {
            cases.add(Kind.COMPLEX, "`" + before.name() + "`");
        }
    }

    void scheduled(DraftTensor tensor) {
        tensor.trainability()
                .schedule()
                .ifPresent(when -> cases.add(Kind.SCHEDULED, "`" + tensor.name() + "` would be " + when));
    }

    /** A block that has no place for one that wraps it. */
    void unwrappable(DraftTensor tensor) {
        cases.add(Kind.UNWRAPPABLE, with(tensor, tensor.parametrizations().get(0)));
    }

    public void unholdable(DraftTensor owned) {
        cases.add(Kind.UNHOLDABLE, "`" + owned.name() + "` is " + owned.dtype());
    }

    /** One whose values DJL neither shows nor takes. */
    public void invisible(DraftTensor tensor) {
        cases.add(Kind.INVISIBLE, "`" + tensor.name() + "` of " + tensor.dtype());
    }

    /**
     * @param limit what the engine cannot do, as a part of a sentence
     */
    public void unrunnable(DraftTensor tensor, Applied applied, String limit) {
        cases.add(Kind.UNRUNNABLE, with(tensor, applied) + ", which " + limit);
    }

    void dropout(DraftTensor tensor, Applied applied, String reason) {
        cases.add(Kind.DROPOUT, with(tensor, applied) + " (" + reason + ")");
    }

    /**
     * @param reason a sentence that names what stands against it
     */
    void moving(String path, String reason) {
        cases.add(Kind.MOVING, "`" + path + "` (" + reason + ")");
    }

    /**
     * @param type the class of the block
     */
    void movingAsAWhole(String type) {
        cases.add(Kind.MOVING, type + " (it is frozen as a whole, and nothing takes the block that would wrap it)");
    }

    void nested(String path) {
        cases.add(Kind.NESTED, "`" + path + "`");
    }

    void unmade(String path, String source) {
        cases.add(Kind.UNMADE, "`" + path + "` from " + source);
    }

    void shared(String path, List<String> others) {
        cases.add(Kind.SHARED, "`" + path + "` is also " + Quoting.names(others));
    }

    /**
     * @param reason a sentence that names the place
     */
    void unreachable(String path, String reason) {
        cases.add(Kind.UNREACHABLE, "`" + path + "` (" + reason + ")");
    }

    /**
     * @param parent the class around it
     */
    void notInList(PlannedModules.Edit edit, String parent) {
        cases.add(Kind.NOT_IN_LIST, verb(edit) + " `" + edit.path() + "` in a " + parent);
    }

    /**
     * @param place the path of the child that can
     */
    void notLast(PlannedModules.Edit edit, String place) {
        cases.add(Kind.NOT_LAST, verb(edit) + " `" + edit.path() + "`, where `" + place + "` is next");
    }

    private static String verb(PlannedModules.Edit edit) {
        return edit.kind() == PlannedModules.Kind.ADD ? "add" : "remove";
    }

    /** No refusal but a warning. */
    void wholeWeight(DraftTensor tensor, String reason) {
        cases.add(Kind.WHOLE_WEIGHT, "`" + tensor.name() + "` (" + reason + ")");
    }

    /** No refusal but a warning. */
    void restoredWhole(DraftTensor tensor, String reason) {
        long numbers = tensor.shape().elementCount() * tensor.dtype().bits() / Byte.SIZE;
        cases.add(Kind.RESTORED_WHOLE, "`" + tensor.name() + "` (" + reason + "; " + numbers + " bytes)");
    }

    private static String with(DraftTensor tensor, Applied applied) {
        return "`" + tensor.name() + "` with " + applied.parametrization().id();
    }

    /** Compares two names of one parameter. */
    void checkTie(DraftTensor first, DraftTensor other) {
        if (!first.tie().equals(other.tie())) {
            cases.add(Kind.PARTED, "`" + first.name() + "` and `" + other.name() + "` would be two tensors");
        }
    }

    public List<Problem> problems() {
        return cases.problems();
    }
}
