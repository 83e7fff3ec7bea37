package io.graft.cli;

import java.util.Locale;

/** Numbers with their nouns. */
final class Counts {
    private Counts() {}

    /** {@code 1 tensor}, {@code 5,000 tensors}. */
    static String of(long number, String noun) {
        return String.format(Locale.ROOT, number == 1 ? "%,d %s" : "%,d %ss", number, noun);
    }
}
