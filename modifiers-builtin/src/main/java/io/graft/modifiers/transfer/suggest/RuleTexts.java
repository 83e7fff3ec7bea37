package io.graft.modifiers.transfer.suggest;

import io.graft.model.rules.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The rules that lead from one name to another, the most general first: with {@code *} for as many numbers as possible, and with as little as
 * possible of what both names have in common.
 */
final class RuleTexts {
    private static final String LEAD = "**.";
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int MOST = 64;

    private final List<String> from;
    private final List<String> to;
    private final int before;
    private final int after;

    RuleTexts(List<String> from, List<String> to) {
        this.from = from;
        this.to = to;
        int shorter = Math.min(from.size(), to.size());
        int same = 0;
        while (same < shorter && from.get(same).equals(to.get(same))) {
            same++;
        }
        this.before = same;
        int end = 0;
        while (end < shorter - same && from.get(from.size() - 1 - end).equals(to.get(to.size() - 1 - end))) {
            end++;
        }
        this.after = end;
    }

    /** How much of what stands before and after the difference is part of a rule. */
    private record Context(int before, int after) {
        private int size() {
            return before + after;
        }
    }

    List<Rule.Rename> rules() {
        List<Context> contexts = new ArrayList<>();
        for (int i = 0; i <= before; i++) {
            for (int j = 0; j <= after; j++) {
                contexts.add(new Context(i, j));
            }
        }
        contexts.sort(Comparator.comparingInt(Context::size).thenComparingInt(Context::before));
        List<Texts> all = new ArrayList<>();
        for (Context context : contexts) {
            String found = text(from, context);
            String given = text(to, context);
            if (!found.isEmpty() && !given.isEmpty()) {
                all.addAll(texts(found, given, context.before() < before ? LEAD : ""));
            }
        }
        // A stable sort: of those with as many numbers, the one with less around it.
        all.sort(Comparator.comparingInt(Texts::closed));
        return all.stream()
                .map(texts -> new Rule.Rename(texts.from(), texts.to()))
                .toList();
    }

    private String text(List<String> name, Context context) {
        return String.join(".", name.subList(before - context.before(), name.size() - after + context.after()));
    }

    /**
     * A rule's texts.
     *
     * @param closed how many numbers they name
     */
    private record Texts(String from, String to, int closed) {}

    /** The two texts with numbers that both have left open, in each way in which that can be with the numbers in order. */
    private static List<Texts> texts(String found, String given, String lead) {
        List<MatchResult> here = NUMBER.matcher(found).results().toList();
        List<MatchResult> there = NUMBER.matcher(given).results().toList();
        List<List<Integer>> choices = new ArrayList<>();
        choose(here, there, new ArrayList<>(), choices);
        return choices.stream()
                .map(chosen -> texts(lead + found, lead + given, lead.length(), here, there, chosen))
                .toList();
    }

    /**
     * @param chosen for each number that was looked at, which one of the other text it is, or -1 if it stays
     */
    private static void choose(
            List<MatchResult> here, List<MatchResult> there, List<Integer> chosen, List<List<Integer>> choices) {
        if (choices.size() == MOST) {
            return;
        }
        if (chosen.size() == here.size()) {
            choices.add(List.copyOf(chosen));
            return;
        }
        String number = here.get(chosen.size()).group();
        int last = chosen.stream().mapToInt(Integer::intValue).max().orElse(-1);
        for (int i = last + 1; i < there.size(); i++) {
            if (there.get(i).group().equals(number)) {
                chosen.add(i);
                choose(here, there, chosen, choices);
                chosen.remove(chosen.size() - 1);
            }
        }
        chosen.add(-1);
        choose(here, there, chosen, choices);
        chosen.remove(chosen.size() - 1);
    }

    private static Texts texts(
            String found,
            String given,
            int lead,
            List<MatchResult> here,
            List<MatchResult> there,
            List<Integer> chosen) {
        StringBuilder from = new StringBuilder(found);
        StringBuilder to = new StringBuilder(given);
        int open = 0;
        for (int i = here.size() - 1; i >= 0; i--) {
            if (chosen.get(i) >= 0) {
                from.replace(lead + here.get(i).start(), lead + here.get(i).end(), "*");
                open++;
            }
        }
        int group = open;
        for (int i = there.size() - 1; i >= 0; i--) {
            if (chosen.contains(i)) {
                to.replace(lead + there.get(i).start(), lead + there.get(i).end(), "$" + group--);
            }
        }
        return new Texts(from.toString(), to.toString(), here.size() - open);
    }
}
