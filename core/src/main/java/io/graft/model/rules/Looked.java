package io.graft.model.rules;

import java.util.List;

/** What rules look for: the patterns of their names. */
final class Looked implements Rule.Cases<List<String>> {
    @Override
    public List<String> rename(Rule.Rename rule) {
        return List.of(rule.from());
    }

    @Override
    public List<String> split(Rule.Split rule) {
        return List.of(rule.from());
    }

    @Override
    public List<String> concatenate(Rule.Concatenate rule) {
        return rule.from();
    }

    @Override
    public List<String> stack(Rule.Stack rule) {
        return List.of(rule.from());
    }

    @Override
    public List<String> unstack(Rule.Unstack rule) {
        return List.of(rule.from());
    }

    @Override
    public List<String> transpose(Rule.Transpose rule) {
        return List.of(rule.tensors());
    }

    @Override
    public List<String> permute(Rule.Permute rule) {
        return List.of(rule.tensors());
    }

    @Override
    public List<String> reorder(Rule.Reorder rule) {
        return List.of(rule.tensors());
    }

    @Override
    public List<String> table(Rule.Table rule) {
        return List.of();
    }
}
