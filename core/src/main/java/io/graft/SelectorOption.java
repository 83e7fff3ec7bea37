package io.graft;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.Selection;
import io.graft.model.tree.Selector;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A selector that an option of a modifier gives. It must match something: if not, that is reported with the nearest names.
 *
 * <pre>{@code
 * List<Match> matches = SelectorOption.resolveAll("tensors", options.tensors(), true, model, context);
 * if (context.failed()) {
 *     return;
 * }
 * }</pre>
 *
 * @param key the option's key, {@code submodules-to-freeze[0]}
 * @param selector what it gives
 * @param strict whether a selector without a match is an error; else it is a warning
 */
public record SelectorOption(String key, Selector selector, boolean strict) {
    /**
     * A selector that selects something.
     *
     * @param key the option's key
     * @param selector what it gives
     * @param tensors canonical names, in the order of the state dict; empty for a module that holds none
     */
    public record Match(String key, Selector selector, List<String> tensors) {}

    /** What is selected; empty if that is nothing, which is reported. */
    public Optional<Match> resolve(ModelDraft model, ModifierContext context) {
        Selection selection = model.select(selector);
        if (!selection.isEmpty()) {
            return Optional.of(new Match(key, selector, selection.tensors()));
        }
        String message = "`" + selector + "` matches nothing in the model";
        String help = missingComma()
                .or(() -> Optional.of(Suggestions.didYouMean(selector.nearest(model.tree())))
                        .filter(question -> !question.isEmpty()))
                .orElseGet(() -> "the model's top level has " + topLevel(model));
        if (strict) {
            context.error(ProblemCode.UNMATCHED_SELECTOR, key, message, help);
        } else {
            context.warn(key + ": " + message + " and is passed over; " + help);
        }
        return Optional.empty();
    }

    /** The first segments of the model's names. */
    private static String topLevel(ModelDraft model) {
        return FirstFew.names(model.tensors().stream()
                .map(DraftTensor::name)
                .map(name -> name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
                .distinct()
                .toList());
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
