package io.graft.problem;

import java.util.Locale;

/** Numbers with their nouns. */
public final class Counts {
    private Counts() {}

    /** {@code 1 tensor}, {@code 5,000 tensors}. */
    public static String of(long number, String noun) {
        return String.format(Locale.ROOT, number == 1 ? "%,d %s" : "%,d %ss", number, noun);
    }
}
