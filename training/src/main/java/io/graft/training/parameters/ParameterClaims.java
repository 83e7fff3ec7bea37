package io.graft.training.parameters;

import io.graft.GraftException;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selection;
import io.graft.model.tree.Selector;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which parameters selectors claim for whom, each for one only. A selector that selects no parameter, and a parameter that two want, are
 * problems that name the option at fault.
 *
 * @param <T> what a parameter is claimed for
 */
public final class ParameterClaims<T> {
    private final ModelDraft model;
    private final Map<String, String> firstNames = new HashMap<>();
    private final Map<String, Claim<T>> claims = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private record Claim<T>(String claimant, T value) {}

    /** On a model of which nothing is claimed yet. */
    public ParameterClaims(ModelDraft model) {
        this.model = model;
        for (List<String> names : Ties.of(model.tensors()).groups()) {
            names.forEach(name -> firstNames.put(name, names.get(0)));
        }
    }

    /** The first name of a parameter that has several; any other name itself. */
    public String first(String name) {
        return firstNames.getOrDefault(name, name);
    }

    /**
     * Claims what each of some selectors selects.
     *
     * @param key the option that has them
     * @param claimant for whom, as messages call it: {@code groups[0]}
     * @param value what {@link #claimed} gives
     */
    public void claim(List<Selector> selectors, String key, String claimant, T value) {
        for (int i = 0; i < selectors.size(); i++) {
            claim(selectors.get(i), key + "[" + i + "]", claimant, value);
        }
    }

    /** Claims what a selector selects. */
    public void claim(Selector selector, String key, String claimant, T value) {
        Selection selection = model.select(selector);
        List<String> names = selection.tensors().stream()
                .filter(name ->
                        model.find(name).filter(ParameterClaims::isParameter).isPresent())
                .toList();
        if (names.isEmpty()) {
            tell(
                    ProblemCode.UNMATCHED_SELECTOR,
                    key,
                    "`" + selector + "` matches "
                            + (selection.isEmpty() ? "nothing in the model" : "no parameter, only buffers"),
                    help(selector));
        }
        Map<String, List<String>> taken = new HashMap<>();
        for (String name : names) {
            Claim<T> before = claims.putIfAbsent(first(name), new Claim<>(claimant, value));
            if (before != null && !before.claimant().equals(claimant)) {
                taken.computeIfAbsent(before.claimant(), same -> new ArrayList<>())
                        .add(name);
            }
        }
        taken.forEach((other, both) -> tell(
                ProblemCode.DUPLICATE_ELEMENT,
                key,
                "`" + selector + "` selects " + FirstFew.names(both) + ", which " + other + " has already",
                "let each parameter be in one of them"));
    }

    /**
     * What a parameter is claimed for; empty if nobody has claimed it.
     *
     * @param name any of its names
     */
    public Optional<T> claimed(String name) {
        return Optional.ofNullable(claims.get(first(name))).map(Claim::value);
    }

    /**
     * @throws GraftException if there are problems
     */
    public void requireSound() {
        if (!problems.isEmpty()) {
            throw new GraftException(problems, null);
        }
    }

    private static boolean isParameter(DraftTensor tensor) {
        return tensor.kind() == TensorKind.PARAMETER;
    }

    private String help(Selector selector) {
        String question = Suggestions.didYouMean(selector.nearest(model.tree()));
        return question.isEmpty() ? "name a module or a parameter of the model" : question;
    }

    private void tell(ProblemCode code, String key, String message, String help) {
        problems.add(new Problem(code, Severity.ERROR, key, Optional.empty(), message, List.of(), help));
    }
}
