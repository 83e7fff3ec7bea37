package io.graft.modifiers.lora.edit;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.problem.ProblemCode;

/** What does not fit; nothing is edited after an error. */
public final class Findings {
    private static final String OPTION = "adapter-path";

    private final ModifierContext context;
    private final boolean strict;

    /** @param strict whether names without effect are errors */
    public Findings(ModifierContext context, boolean strict) {
        this.context = context;
        this.strict = strict;
    }

    public boolean failed() {
        return context.failed();
    }

    public void error(ProblemCode code, String message, String help) {
        error(code, OPTION, message, help);
    }

    /** @param option the one at fault */
    public void error(ProblemCode code, String option, String message, String help) {
        context.error(code, option, message, help);
    }

    public void warn(String message) {
        context.warn(message);
    }

    /** What has a code of its own. */
    public void warn(ProblemCode code, String message, String help) {
        context.warn(code, OPTION, message, help);
    }

    /** A tensor of the adapter that changes nothing. */
    public void unused(String key, String why) {
        context.skipped(key, SkipReason.EXCLUDED, why);
    }

    /** A tensor of the adapter that has no place in the model. */
    public void leftOut(String key, String message, String help) {
        if (strict) {
            error(ProblemCode.UNEXPECTED_TENSOR, message, help + "; strict = false leaves it out");
        } else {
            warn(message + ": it is left out");
            unused(key, "the model has no such tensor");
        }
    }

    /** Something that the adapter's configuration names, and that has no effect. */
    public void withoutEffect(String message) {
        withoutEffect(
                ProblemCode.UNMATCHED_RULE,
                OPTION,
                message,
                "the two files may be of different adapters; strict = false ignores it");
    }

    /**
     * Something that is named, and that has no effect.
     *
     * @param option the one at fault
     */
    public void withoutEffect(ProblemCode code, String option, String message, String help) {
        if (strict) {
            error(code, option, message, help);
        } else {
            warn(message);
        }
    }
}
