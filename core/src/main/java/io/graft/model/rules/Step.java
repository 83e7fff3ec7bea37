package io.graft.model.rules;

import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Rules that are applied at once: renames that stand together, or one other rule. */
final class Step implements Rule.Cases<List<Item>> {
    private final List<Rule> rules;
    private final int[] uses;
    private final boolean[] fitting;
    private final Flaw[] flaws;
    private List<Item> items = List.of();

    /**
     * What came of it.
     *
     * @param uses of each rule, in their order
     */
    record Outcome(List<Item> items, List<Use> uses) {}

    /**
     * What came of a rule.
     *
     * @param taken how many tensors it took
     * @param fits whether it fits a name, which an earlier one may have taken
     * @param flaw why it could not do what it says
     */
    record Use(int taken, boolean fits, Optional<Flaw> flaw) {}

    /**
     * Why a rule could not do what it says, the first time.
     *
     * @param words after the rule's own
     * @param help what to do
     */
    record Flaw(ProblemCode code, String words, String help) {}

    Step(List<Rule> rules) {
        this.rules = rules;
        this.uses = new int[rules.size()];
        this.fitting = new boolean[rules.size()];
        this.flaws = new Flaw[rules.size()];
    }

    Outcome apply(List<Item> before) {
        items = before;
        List<Item> after = rules.get(0).on(this);
        List<Use> each = IntStream.range(0, rules.size())
                .mapToObj(rule -> new Use(uses[rule], fitting[rule], Optional.ofNullable(flaws[rule])))
                .toList();
        return new Outcome(after, each);
    }

    /** How a rule calls the tensors: by the other spelling if it fits none by its name. */
    private Function<Item, String> called(List<KeyPattern> patterns) {
        boolean byName =
                items.stream().anyMatch(item -> patterns.stream().anyMatch(pattern -> pattern.fits(item.name())));
        return byName ? Item::name : Item::spelling;
    }

    private record Renaming(KeyPattern from, KeyTemplate to, Function<Item, String> called) {}

    @Override
    public List<Item> rename(Rule.Rename first) {
        List<Renaming> renamings = new ArrayList<>();
        for (Rule rule : rules) {
            Rule.Rename rename = (Rule.Rename) rule;
            KeyPattern pattern = KeyPattern.parse(rename.from());
            renamings.add(new Renaming(pattern, new KeyTemplate(rename.to()), called(List.of(pattern))));
        }
        List<Item> renamed = new ArrayList<>();
        for (Item item : items) {
            String taker = null;
            for (int index = 0; index < renamings.size(); index++) {
                Renaming renaming = renamings.get(index);
                Optional<KeyPattern.Match> match =
                        renaming.from().match(renaming.called().apply(item));
                if (match.isEmpty()) {
                    continue;
                }
                fitting[index] = true;
                if (taker == null || taker.equals(renaming.from().text())) {
                    taker = renaming.from().text();
                    uses[index]++;
                    String name = renaming.to().fill(match.get());
                    requireSegments(index, item.name(), name);
                    renamed.add(item.named(name));
                }
            }
            if (taker == null) {
                renamed.add(item);
            }
        }
        return renamed;
    }

    private void requireSegments(int index, String key, String name) {
        if (("." + name + ".").contains("..")) {
            flaw(
                    index,
                    new Flaw(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "would call `" + key + "` `" + name + "`, which has an empty segment",
                            "a group that matches nothing gives no text"));
        }
    }

    private void flaw(int index, Flaw flaw) {
        flaws[index] = flaws[index] == null ? flaw : flaws[index];
    }

    /** Changes one tensor; empty if the rule is not about it. */
    private interface Change {
        List<Item> apply(Item item, KeyPattern.Match match);
    }

    private List<Item> each(String from, Change change) {
        KeyPattern pattern = KeyPattern.parse(from);
        Function<Item, String> called = called(List.of(pattern));
        List<Item> changed = new ArrayList<>();
        for (Item item : items) {
            Optional<KeyPattern.Match> match = pattern.match(called.apply(item));
            if (match.isEmpty()) {
                changed.add(item);
                continue;
            }
            try {
                changed.addAll(change.apply(item, match.get()));
                uses[0]++;
            } catch (IllegalArgumentException misfit) {
                changed.add(item);
                misfit("`" + item.name() + "`: " + misfit.getMessage());
            }
        }
        return changed;
    }

    private void misfit(String why) {
        flaw(0, new Flaw(ProblemCode.SHAPE_MISMATCH, "cannot be followed: " + why, ""));
    }

    @Override
    public List<Item> split(Rule.Split rule) {
        return each(rule.from(), (item, match) -> {
            List<LazyTensor> parts = Moves.split(
                    item.value(), rule.axis(), rule.sizes(), rule.to().size());
            List<Item> named = new ArrayList<>();
            for (int part = 0; part < parts.size(); part++) {
                named.add(item.moved(new KeyTemplate(rule.to().get(part)).fill(match), parts.get(part)));
            }
            return named;
        });
    }

    @Override
    public List<Item> unstack(Rule.Unstack rule) {
        return each(rule.from(), (item, match) -> {
            List<LazyTensor> slices = Moves.unstack(item.value(), rule.axis());
            List<Item> named = new ArrayList<>();
            for (int place = 0; place < slices.size(); place++) {
                named.add(item.moved(new KeyTemplate(rule.to()).fill(match, place), slices.get(place)));
            }
            return named;
        });
    }

    @Override
    public List<Item> transpose(Rule.Transpose rule) {
        return each(rule.tensors(), (item, match) -> List.of(item.moved(Moves.transpose(item.value()))));
    }

    @Override
    public List<Item> permute(Rule.Permute rule) {
        return each(rule.tensors(), (item, match) -> List.of(item.moved(Moves.permute(item.value(), rule.axes()))));
    }

    @Override
    public List<Item> reorder(Rule.Reorder rule) {
        return each(rule.tensors(), (item, match) -> List.of(item.moved(Moves.reorder(item.value(), rule))));
    }

    @Override
    public List<Item> concatenate(Rule.Concatenate rule) {
        return joined(
                new Joining(rule.from(), rule.to(), parts -> Moves.concatenate(parts, rule.axis(), rule.sizes())));
    }

    @Override
    public List<Item> stack(Rule.Stack rule) {
        return joined(new Joining(List.of(rule.from()), rule.to(), parts -> Moves.stack(parts, rule.axis())));
    }

    private List<Item> joined(Joining joining) {
        Function<Item, String> called = called(joining.patterns());
        items.forEach(item -> joining.add(item, called.apply(item)));
        List<Item> joined = joining.join(items);
        uses[0] = joining.used();
        joining.misfit().ifPresent(this::misfit);
        return joined;
    }

    @Override
    public List<Item> table(Rule.Table rule) {
        throw new IllegalStateException("a table is no step");
    }
}
