package io.graft.cli.output;

import io.graft.problem.Printable;

/** Names of tensors for people: one of a thousand characters would push everything beside it out of sight. Programs get them whole. */
public final class ShortName {
    private static final int LONGEST = 80;
    private static final String CUT = "...";

    private ShortName() {}

    /**
     * A name, fit to be printed; of a long one the middle is left out, since both ends tell most.
     *
     * @param whole whether it is shown in full length however long it is
     */
    public static String of(String name, boolean whole) {
        String printable = Printable.of(name);
        if (whole || printable.length() <= LONGEST) {
            return printable;
        }
        int kept = LONGEST - CUT.length();
        int end = kept / 2;
        return printable.substring(0, kept - end) + CUT + printable.substring(printable.length() - end);
    }
}
