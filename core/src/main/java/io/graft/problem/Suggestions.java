package io.graft.problem;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a person may have meant by a word that is not known: the one routine for keys, modifier ids, enum constants, tensor
 * names and options of commands.
 *
 * <p>A candidate is near if it differs in nothing but case, {@code -} and {@code _}, or if the Damerau-Levenshtein distance
 * (insert, delete, replace, swap neighbours) is at most a third of the word's length, and at least 1. A word of more than 100
 * characters is near to nothing but its other spellings.
 */
public final class Suggestions {
    private static final int MOST = 3;

    /** A longer word is no slip of the pen, and comparing two takes as many steps as the product of their lengths. */
    private static final int LONGEST = 100;

    private Suggestions() {}

    /** The near candidates, nearest first and equally near ones sorted; at most three. */
    public static List<String> near(String word, Collection<String> candidates) {
        int limit = Math.max(1, word.length() / 3);
        return ranked(word, candidates, limit).stream().limit(MOST).toList();
    }

    /** The near ids of a list or, where none is near, those that have the word as one of theirs: {@code lora-merge} for {@code lora}. */
    public static List<String> nearIds(String word, Collection<String> ids) {
        List<String> near = near(word, ids);
        return near.isEmpty()
                ? ids.stream()
                        .filter(id -> Arrays.asList(id.split("[-.]")).contains(word))
                        .distinct()
                        .sorted()
                        .limit(MOST)
                        .toList()
                : near;
    }

    /** A question to append to a message, {@code did you mean `alpha`?}; empty if nothing is near. */
    public static String didYouMean(String word, Collection<String> candidates) {
        return didYouMean(near(word, candidates));
    }

    /** The same of what is near, however that was found. */
    public static String didYouMean(List<String> near) {
        return near.isEmpty()
                ? ""
                : near.stream().map(name -> "`" + name + "`").collect(Collectors.joining(" or ", "did you mean ", "?"));
    }

    /** The nearest candidate, however far, as long as it has a letter in common. For short lists of allowed words. */
    public static Optional<String> closest(String word, Collection<String> candidates) {
        return ranked(word, candidates, word.length() - 1).stream().findFirst();
    }

    private static List<String> ranked(String word, Collection<String> candidates, int limit) {
        record Ranked(String name, int distance) {}
        String bare = Spelling.bare(word);
        return candidates.stream()
                .distinct()
                .map(name -> new Ranked(
                        name, Spelling.bare(name).equals(bare) && !bare.isEmpty() ? 0 : distance(word, name, limit)))
                .filter(ranked -> ranked.distance() <= limit)
                .sorted(Comparator.comparingInt(Ranked::distance).thenComparing(Ranked::name))
                .map(Ranked::name)
                .toList();
    }

    /**
     * The Damerau-Levenshtein distance in its restricted form: no part of a word is edited twice.
     *
     * @return the distance, or any number above the limit if it is above the limit
     */
    private static int distance(String from, String to, int limit) {
        if (Math.abs(from.length() - to.length()) > limit || from.length() > LONGEST) {
            return limit + 1;
        }
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[to.length()];
    }
}
