package io.graft.problem;

import java.util.Collection;
import java.util.stream.Collectors;

/** Foreign text inside messages. */
public final class Quoting {
    private static final int LONGEST = 60;

    private Quoting() {}

    /** The text in back-ticks, on one line, cut at 60 characters. */
    public static String quote(String text) {
        String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return "`" + Printable.of(shown) + "`";
    }

    /** Every name in back-ticks, as it is. */
    public static String names(Collection<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    /** A foreign sentence inside one of ours. */
    public static String lowerFirst(String sentence) {
        return sentence.isEmpty() ? "" : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
