package io.graft.problem;

import java.util.Locale;

/** Numbers with their nouns. */
public final class Counts {
    private Counts() {}

    /** {@code 1 tensor}, {@code 5,000 tensors}. */
    public static String of(long number, String noun) {
        // The formatter knows this locale by itself; of any other it looks the digits up, which takes long in a short
        // run.
        return String.format(Locale.US, number == 1 ? "%,d %s" : "%,d %ss", number, noun);
    }
}
