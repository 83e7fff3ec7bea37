package io.graft.modifiers.lora;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Names as messages show them. */
final class Names {
    private static final int AT_MOST = 4;

    private Names() {}

    /** Every name, quoted. */
    static String all(Collection<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    /** The first few names, quoted, and how many more there are. */
    static String some(List<String> names) {
        String first = all(names.subList(0, Math.min(AT_MOST, names.size())));
        return names.size() <= AT_MOST ? first : first + " and " + (names.size() - AT_MOST) + " more";
    }
}
