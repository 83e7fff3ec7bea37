package io.graft;

import io.graft.model.ModelDraft;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.List;

/**
 * The option {@code override} of a modifier that gives tensors values: whether those may be lost that an earlier modifier gave. They
 * are never lost without a word.
 *
 * <pre>{@code
 * new OverrideOption(options.override(), "fill", "filled", "exclude them").check(names, model, context);
 * }</pre>
 *
 * @param isGiven whether they may be lost
 * @param present what the modifier does to tensors, as {@code fill}
 * @param past the same when it is done, as {@code filled}
 * @param help what to do in place of it, as part of a sentence
 */
public record OverrideOption(boolean isGiven, String present, String past, String help) {
    /**
     * Reports what is lost: as a warning if the option is given, else as an error.
     *
     * @param names canonical names of the tensors that get values
     */
    public void check(List<String> names, ModelDraft model, ModifierContext context) {
        List<String> filled = names.stream()
                .filter(name -> model.find(name).orElseThrow().wasFilled())
                .toList();
        if (filled.isEmpty()) {
            return;
        }
        String what =
                Counts.of(filled.size(), "tensor") + " that an earlier modifier gave values: " + FirstFew.names(filled);
        if (isGiven) {
            context.warn(past + " again: " + what);
        } else {
            context.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "override",
                    "this would " + present + " again " + what,
                    help + ", or let override be true");
        }
    }
}
