package io.graft.training.optimizer;

import ai.djl.nn.Parameter;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Selection;
import io.graft.model.Selector;
import io.graft.model.TensorKind;
import io.graft.model.Ties;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of a model, each with the group that it is in; one that has several names once, under the first. */
final class GroupedParameters {
    private final ModelDraft model;
    private final List<ParameterGroup> groups;
    /** Of each name of a tensor that has several, the first. */
    private final Map<String, String> firstNames = new HashMap<>();

    private final Map<String, Integer> groupOf = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private GroupedParameters(ModelDraft model, List<ParameterGroup> groups) {
        this.model = model;
        this.groups = groups;
        for (List<String> names : Ties.of(model.tensors()).groups()) {
            names.forEach(name -> firstNames.put(name, names.get(0)));
        }
    }

    /**
     * @throws GraftException if a selector matches no parameter, or a parameter is in two groups
     */
    static Map<String, GroupedParameter> of(ModifiedModel model, List<ParameterGroup> groups) {
        return new GroupedParameters(model.draft(), groups).grouped(model.parameters());
    }

    private Map<String, GroupedParameter> grouped(Map<String, Parameter> parameters) {
        for (int group = 0; group < groups.size(); group++) {
            List<Selector> selectors = groups.get(group).parameters();
            for (int i = 0; i < selectors.size(); i++) {
                take(selectors.get(i), group, "groups[" + group + "].parameters[" + i + "]");
            }
        }
        if (!problems.isEmpty()) {
            throw new GraftException(problems, null);
        }
        Map<String, GroupedParameter> grouped = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            String first = first(name);
            if (first.equals(name)) {
                grouped.put(
                        name,
                        new GroupedParameter(
                                name,
                                parameter,
                                Optional.ofNullable(groupOf.get(name)).map(groups::get)));
            }
        });
        return grouped;
    }

    private void take(Selector selector, int group, String key) {
        Selection selection = model.select(selector);
        List<String> names = selection.tensors().stream()
                .filter(name ->
                        model.find(name).filter(GroupedParameters::isParameter).isPresent())
                .toList();
        if (names.isEmpty()) {
            tell(
                    ProblemCode.UNMATCHED_SELECTOR,
                    key,
                    "`" + selector + "` matches "
                            + (selection.isEmpty() ? "nothing in the model" : "no parameter, only buffers"),
                    help(selector));
        }
        List<String> taken = new ArrayList<>();
        int other = group;
        for (String name : names) {
            Integer before = groupOf.putIfAbsent(first(name), group);
            if (before != null && before != group) {
                taken.add(name);
                other = before;
            }
        }
        if (!taken.isEmpty()) {
            tell(
                    ProblemCode.DUPLICATE_ELEMENT,
                    key,
                    "`" + selector + "` selects " + FirstFew.names(taken) + ", which groups[" + other + "] has already",
                    "let each parameter be in one group");
        }
    }

    private static boolean isParameter(DraftTensor tensor) {
        return tensor.kind() == TensorKind.PARAMETER;
    }

    private String help(Selector selector) {
        String question = Suggestions.didYouMean(selector.nearest(model.tree()));
        return question.isEmpty() ? "name a module or a parameter of the model" : question;
    }

    private String first(String name) {
        return firstNames.getOrDefault(name, name);
    }

    private void tell(ProblemCode code, String key, String message, String help) {
        problems.add(new Problem(code, Severity.ERROR, key, Optional.empty(), message, List.of(), help));
    }
}
