package io.graft.modifiers.transfer.suggest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much two names are alike: how many of their words, of both, they have in common, from 0 to 1. */
final class Likeness {
    private static final double BEGINS = 0.6;
    private static final double HAS_LETTERS = 0.4;

    /** Words that libraries have for one thing. */
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("linear", "lin", "dense", "fc", "proj", "projection"),
            List.of("norm", "ln", "bn", "layernorm", "batchnorm", "rmsnorm"),
            List.of("attention", "attn", "att"),
            List.of("embedding", "embeddings", "embed", "emb", "embedder"),
            List.of("conv", "convolution"),
            List.of("weight", "gamma", "kernel"),
            List.of("bias", "beta"),
            List.of("downsample", "shortcut"),
            List.of("fc", "classifier", "head"));

    private final Map<String, List<String>> words = new HashMap<>();

    double of(String one, String other) {
        List<String> a = words.computeIfAbsent(one, Likeness::words);
        List<String> left = new ArrayList<>(words.computeIfAbsent(other, Likeness::words));
        int all = a.size() + left.size();
        double common = 0;
        for (String word : a) {
            int best = -1;
            double most = 0;
            for (int i = 0; i < left.size(); i++) {
                double alike = alike(word, left.get(i));
                if (alike > most) {
                    most = alike;
                    best = i;
                }
            }
            if (best >= 0) {
                left.remove(best);
                common += most;
            }
        }
        return all == 0 ? 0 : 2 * common / all;
    }

    private static List<String> words(String name) {
        List<String> found = new ArrayList<>();
        for (String word : name.split("[._\\-#]+|(?<=[a-z])(?=[A-Z])|(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)")) {
            if (!word.isEmpty()) {
                found.add(word.toLowerCase(Locale.ROOT));
            }
        }
        return found;
    }

    private static double alike(String a, String b) {
        if (a.equals(b) || SYNONYMS.stream().anyMatch(words -> words.contains(a) && words.contains(b))) {
            return 1;
        }
        if (Character.isDigit(a.charAt(0)) || Character.isDigit(b.charAt(0))) {
            return 0;
        }
        String shorter = a.length() < b.length() ? a : b;
        String longer = a.length() < b.length() ? b : a;
        return longer.startsWith(shorter) ? BEGINS : hasLetters(longer, shorter) ? HAS_LETTERS : 0;
    }

    /** Whether a word is an abbreviation: begins with the same letter and has all letters of it in order. */
    private static boolean hasLetters(String word, String abbreviation) {
        int found = 0;
        for (int i = 0; i < word.length() && found < abbreviation.length(); i++) {
            found += word.charAt(i) == abbreviation.charAt(found) ? 1 : 0;
        }
        return abbreviation.length() > 1 && word.charAt(0) == abbreviation.charAt(0) && found == abbreviation.length();
    }
}
