package io.graft.modifiers.initializing;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.OverrideOption;
import io.graft.Phase;
import io.graft.SelectorOption;
import io.graft.SelectorOption.Match;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets parts of the model start anew: from another part, as a new decoder from one that is trained, or by a rule of PyTorch's. Random
 * values follow from the seed and from the names, so that they repeat.
 */
@Modifier(value = "initialize", phase = Phase.BEFORE_LOAD)
public final class InitializeModelModifier implements ModelModifier {
    private final InitializeOptions options;

    public InitializeModelModifier(InitializeOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        List<Match> matches = SelectorOption.resolveAll("tensors", options.tensors(), true, model, context);
        if (options.from().isEmpty() && options.initial().isEmpty()) {
            context.error(
                    ProblemCode.MISSING_KEY,
                    "",
                    "nothing says how they start",
                    "name the part that they start `from`, or the rule, `initial`");
        }
        if (context.failed()) {
            return;
        }
        List<Start> starts = options.from()
                .map(from -> new CopiedStarts(from, model, context).of(matches))
                .orElseGet(() ->
                        new RandomStarts(options.initial().orElseThrow(), options.seed(), model, context).of(matches));
        new OverrideOption(options.override(), "start", "started", "leave them out")
                .check(starts.stream().map(start -> start.tensor().name()).toList(), model, context);
        if (!context.failed()) {
            assign(starts, model, context);
        }
    }

    /** A tensor with several names is assigned once, under the first of them. */
    private static void assign(List<Start> starts, ModelDraft model, ModifierContext context) {
        Set<String> assigned = new HashSet<>();
        for (Start start : starts) {
            String name = start.tensor().name();
            if (assigned.add(name)) {
                assigned.addAll(model.tiedTo(name));
                try {
                    model.assign(name, start.value());
                } catch (IllegalArgumentException refused) {
                    context.error(ProblemCode.UNSUPPORTED_CHANGE, "tensors", refused.getMessage(), "");
                }
            }
        }
    }
}
