package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.model.ModelDraft;
import io.graft.problem.Printable;
import io.graft.problem.ProblemCode;

/** What stands in the checkpoint under the name of a tensor of the model, and is none. */
record Objects(SourceCheckpoint source, Prefix prefix) {
    /** An object in the place of a tensor that is to be filled is an error. */
    void check(Scope scope, ModelDraft model, ModifierContext context) {
        source.checkpoint()
                .section()
                .objects()
                .forEach((key, type) -> prefix.apply(key)
                        .flatMap(model.tree()::findTensor)
                        .filter(name -> scope.exclusion(name).isEmpty())
                        .ifPresent(name -> context.error(
                                ProblemCode.CHECKPOINT_UNSUPPORTED,
                                "checkpoint-path",
                                "`" + Printable.of(key) + "` in `" + source.uri() + "` is a " + type + ", and `" + name
                                        + "` of the model is a tensor",
                                "save the tensor under that name, or exclude it")));
    }
}
