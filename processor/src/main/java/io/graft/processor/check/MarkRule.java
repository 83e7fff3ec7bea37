package io.graft.processor.check;

import io.graft.processor.model.UnmarkedPlug;

/** A plug that nothing will find. */
public final class MarkRule implements Rule<UnmarkedPlug> {
    @Override
    public Report check(UnmarkedPlug plug) {
        return Report.of(
                MistakeCode.UNMARKED,
                plug.declaration().at(),
                ("`%s` implements %s and has no @%s, so that no provider is generated for it; annotate it, or, if only"
                                + " programs use it, say @SuppressWarnings(\"%s\").")
                        .formatted(
                                plug.declaration().type().simpleName(),
                                plug.kind().type().getSimpleName(),
                                plug.kind().annotation().getSimpleName(),
                                MistakeCode.UNMARKED.id()));
    }
}
