package io.graft.model.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The rule that undoes a rule. */
final class Inversion implements Rule.Cases<Rule> {
    @Override
    public Rule rename(Rule.Rename rule) {
        NamePair back = NamePair.inverse(rule.from(), rule.to());
        return new Rule.Rename(back.from(), back.to());
    }

    @Override
    public Rule split(Rule.Split rule) {
        List<NamePair> back = rule.to().stream()
                .map(part -> NamePair.inverse(rule.from(), part))
                .toList();
        String whole = common(back.stream().map(NamePair::to).toList(), rule.to());
        return new Rule.Concatenate(back.stream().map(NamePair::from).toList(), whole, rule.axis(), rule.sizes());
    }

    /** The name of the whole, which each part must tell alike. */
    private static String common(List<String> names, List<String> parts) {
        for (int part = 1; part < names.size(); part++) {
            if (!names.get(part).equals(names.get(0))) {
                throw new IllegalArgumentException("the rule cannot be undone: `" + parts.get(0) + "` and `"
                        + parts.get(part) + "` differ in what they keep, or in its order");
            }
        }
        return names.get(0);
    }

    @Override
    public Rule concatenate(Rule.Concatenate rule) {
        List<NamePair> back = rule.from().stream()
                .map(part -> NamePair.inverse(part, rule.to()))
                .toList();
        String whole = common(back.stream().map(NamePair::from).toList(), rule.from());
        return new Rule.Split(whole, back.stream().map(NamePair::to).toList(), rule.axis(), rule.sizes());
    }

    @Override
    public Rule stack(Rule.Stack rule) {
        NamePair back = NamePair.inverse(rule.from(), rule.to());
        return new Rule.Unstack(back.from(), back.to(), rule.axis());
    }

    @Override
    public Rule unstack(Rule.Unstack rule) {
        NamePair back = NamePair.inverse(rule.from(), rule.to());
        return new Rule.Stack(back.from(), back.to(), rule.axis());
    }

    @Override
    public Rule transpose(Rule.Transpose rule) {
        return rule;
    }

    @Override
    public Rule permute(Rule.Permute rule) {
        return new Rule.Permute(rule.tensors(), inverse(rule.axes()));
    }

    @Override
    public Rule reorder(Rule.Reorder rule) {
        List<Integer> view = rule.order().stream().map(rule.view()::get).toList();
        return new Rule.Reorder(rule.tensors(), rule.axis(), view, inverse(rule.order()));
    }

    @Override
    public Rule table(Rule.Table rule) {
        return rule.undone();
    }

    static List<Integer> inverse(List<Integer> order) {
        List<Integer> inverse = new ArrayList<>();
        IntStream.range(0, order.size()).forEach(place -> inverse.add(order.indexOf(place)));
        return inverse;
    }
}
