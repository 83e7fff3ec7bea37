package io.graft.training.optimizer;

import ai.djl.nn.Parameter;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.training.parameters.ParameterClaims;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a model, each with the group that it is in.
 *
 * @param byName one that has several names once, under the first
 * @param names the first name for each parameter that DJL may ask for; empty for those of other names, since of a program DJL has a
 *     parameter for each name of a tensor
 */
record GroupedParameters(Map<String, GroupedParameter> byName, Map<String, String> names) {
    /**
     * @throws GraftException if a selector matches no parameter, or a parameter is in two groups
     */
    static GroupedParameters of(ModifiedModel model, List<ParameterGroup> groups) {
        ParameterClaims<ParameterGroup> claims = new ParameterClaims<>(model.draft());
        for (int i = 0; i < groups.size(); i++) {
            String claimant = "groups[" + i + "]";
            ParameterGroup group = groups.get(i);
            claims.claim(group.parameters(), "optimizer." + claimant + ".parameters", claimant, group);
        }
        claims.requireSound();
        Map<String, GroupedParameter> byName = new LinkedHashMap<>();
        Map<String, String> names = new HashMap<>();
        model.parameters().forEach((name, parameter) -> {
            if (claims.first(name).equals(name)) {
                byName.put(name, new GroupedParameter(name, parameter, claims.claimed(name)));
                names.put(parameter.getId(), name);
            } else {
                names.putIfAbsent(parameter.getId(), "");
            }
        });
        return new GroupedParameters(byName, names);
    }

    /** Where the arrays are. */
    Parameter any() {
        return byName.values().iterator().next().parameter();
    }

    /** The parameters of each group, those without one first; a group without any is left out. */
    List<NamedGroup> groups(OptimizerRule rule) {
        List<Optional<ParameterGroup>> kinds = new ArrayList<>(List.of(Optional.empty()));
        rule.groups().forEach(group -> kinds.add(Optional.of(group)));
        List<NamedGroup> groups = new ArrayList<>();
        for (Optional<ParameterGroup> kind : kinds) {
            List<GroupedParameter> inside = byName.values().stream()
                    .filter(parameter -> parameter.group().equals(kind))
                    .toList();
            if (!inside.isEmpty()) {
                groups.add(new NamedGroup(
                        inside.stream().map(GroupedParameter::name).toList(),
                        inside.get(0).learningRate(rule),
                        inside.get(0).weightDecay(rule)));
            }
        }
        return groups;
    }
}
