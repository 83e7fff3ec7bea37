package io.graft.modifiers.names;

import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import io.graft.model.Selection;
import io.graft.model.Selector;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A selector that an option gives. It must match something: if not, that is reported with the nearest names.
 *
 * @param key the option's key, {@code submodules-to-freeze[0]}
 * @param strict whether a selector without a match is an error; else it is a warning
 */
public record SelectorOption(String key, Selector selector, boolean strict) {
    /**
     * A selector that selects something.
     *
     * @param tensors canonical names, in the order of the state dict; empty for a module that holds none
     */
    public record Match(Selector selector, List<String> tensors) {}

    /** What is selected; empty if that is nothing, which is reported. */
    public Optional<Match> resolve(ModelDraft model, ModifierContext context) {
        Selection selection = model.select(selector);
        if (!selection.isEmpty()) {
            return Optional.of(new Match(selector, selection.tensors()));
        }
        String message = "`" + selector + "` matches nothing in the model";
        String help = missingComma()
                .or(() -> NameText.names(selector.nearest(model.tree())))
                .orElseGet(() -> "the model's top level has " + NameText.topLevel(model));
        if (strict) {
            context.error(ProblemCode.UNMATCHED_SELECTOR, key, message, help);
        } else {
            context.warn(key + ": " + message + " and is passed over; " + help);
        }
        return Optional.empty();
    }

    /** HOCON takes words side by side for one text. */
    private Optional<String> missingComma() {
        String text = selector.toString();
        boolean words = !text.startsWith("re:") && text.strip().contains(" ");
        return words
                ? Optional.of("is a comma missing? write [" + text.strip().replaceAll(" +", ", ") + "]")
                : Optional.empty();
    }

    /** What each selector of a list selects, in order, without those that select nothing, which are reported. */
    public static List<Match> resolveAll(
            String key, List<Selector> selectors, boolean strict, ModelDraft model, ModifierContext context) {
        return IntStream.range(0, selectors.size())
                .mapToObj(index -> new SelectorOption(key + "[" + index + "]", selectors.get(index), strict))
                .flatMap(option -> option.resolve(model, context).stream())
                .toList();
    }
}
