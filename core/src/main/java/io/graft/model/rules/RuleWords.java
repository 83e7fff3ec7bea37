package io.graft.model.rules;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.problem.Quoting;
import java.util.stream.Collectors;

/** A rule, for people. */
final class RuleWords implements Rule.Cases<String> {
    @Override
    public String rename(Rule.Rename rule) {
        return "`" + rule.from() + "` to `" + rule.to() + "`";
    }

    @Override
    public String split(Rule.Split rule) {
        return "split of `" + rule.from() + "` to " + Quoting.names(rule.to());
    }

    @Override
    public String concatenate(Rule.Concatenate rule) {
        return "concatenation of " + Quoting.names(rule.from()) + " to `" + rule.to() + "`";
    }

    @Override
    public String stack(Rule.Stack rule) {
        return "stack of `" + rule.from() + "` to `" + rule.to() + "`";
    }

    @Override
    public String unstack(Rule.Unstack rule) {
        return "slices of `" + rule.from() + "` to `" + rule.to() + "`";
    }

    @Override
    public String transpose(Rule.Transpose rule) {
        return "transpose of `" + rule.tensors() + "`";
    }

    @Override
    public String permute(Rule.Permute rule) {
        return "permute of `" + rule.tensors() + "`";
    }

    @Override
    public String reorder(Rule.Reorder rule) {
        return "reorder of `" + rule.tensors() + "`";
    }

    @Override
    public String table(Rule.Table rule) {
        String told = rule.told().stream()
                .map(name -> "`" + name + "` " + rule.numbers().get(name))
                .collect(Collectors.joining(" and "));
        return "table `" + rule.table().id() + "`"
                + (rule.inverted() ? " undone" : "")
                + (told.isEmpty() ? "" : " with " + told + " of " + ModelConfiguration.NAME);
    }
}
