package io.graft.model.rules;

import io.graft.problem.FirstFew;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes one tensor of several that belong together: of parts that are named one by one, or of as many as are numbered. */
final class Joining {
    private final List<String> from;
    private final List<KeyPattern> patterns;
    private final KeyTemplate to;
    private final Join join;
    /** By the name of what is made of them, by their places. */
    private final Map<String, Map<Integer, Item>> groups = new LinkedHashMap<>();

    private final Map<Item, String> wholes = new HashMap<>();
    private int used;
    private String misfit;

    /** Makes one tensor of its parts, in order. */
    interface Join {
        LazyTensor of(List<LazyTensor> parts);
    }

    Joining(List<String> from, String to, Join join) {
        this.from = from;
        this.patterns = from.stream().map(KeyPattern::numbered).toList();
        this.to = new KeyTemplate(to);
        this.join = join;
    }

    List<KeyPattern> patterns() {
        return patterns;
    }

    /** Looks whether a tensor is a part of something. */
    void add(Item item, String name) {
        for (int part = 0; part < patterns.size(); part++) {
            Optional<KeyPattern.Match> match = patterns.get(part).match(name);
            if (match.isPresent()) {
                String number = match.get().number();
                String whole = to.fill(match.get());
                Item other = groups.computeIfAbsent(whole, absent -> new TreeMap<>())
                        .putIfAbsent(number.isEmpty() ? part : Integer.parseInt(number), item);
                if (other == null) {
                    wholes.put(item, whole);
                } else {
                    misfit("`" + other.name() + "` and `" + item.name() + "` would be the same part of `" + whole
                            + "`");
                }
                return;
            }
        }
    }

    /** The tensors with those that are made of several in the places of their first ones. */
    List<Item> join(List<Item> items) {
        Map<String, Item> made = new HashMap<>();
        groups.forEach((whole, parts) -> make(whole, parts).ifPresent(item -> made.put(whole, item)));
        List<Item> joined = new ArrayList<>();
        Set<String> placed = new HashSet<>();
        for (Item item : items) {
            String whole = wholes.get(item);
            if (!made.containsKey(whole)) {
                joined.add(item);
            } else if (placed.add(whole)) {
                joined.add(made.get(whole));
            }
        }
        return joined;
    }

    private Optional<Item> make(String whole, Map<Integer, Item> parts) {
        List<Item> found = List.copyOf(parts.values());
        boolean isNumbered = patterns.get(0).number() > 0;
        int first = 0;
        while (parts.containsKey(first)) {
            first++;
        }
        if (first < (isNumbered ? found.size() : from.size())) {
            misfit("of `" + whole + "` there is "
                    + FirstFew.names(found.stream().map(Item::name).toList()) + ", and no "
                    + (isNumbered ? "number " + first : "`" + from.get(first) + "`"));
            return Optional.empty();
        }
        try {
            LazyTensor value = join.of(found.stream().map(Item::value).toList());
            used += found.size();
            return Optional.of(Item.of(whole, value, found));
        } catch (IllegalArgumentException unfit) {
            misfit("`" + whole + "`: " + unfit.getMessage());
            return Optional.empty();
        }
    }

    private void misfit(String why) {
        misfit = misfit == null ? why : misfit;
    }

    /** How many tensors became part of another one. */
    int used() {
        return used;
    }

    /** What could not be made, and why; the first one. */
    Optional<String> misfit() {
        return Optional.ofNullable(misfit);
    }
}
