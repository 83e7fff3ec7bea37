package io.graft.model;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name that a rename rule gives, with {@code $1} for what its pattern's first group matched. */
record KeyTemplate(String text) {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\d{1,3})");

    static KeyTemplate parse(String text) {
        if (text.isBlank() || text.startsWith(".") || text.endsWith(".") || text.contains("..")) {
            throw new IllegalArgumentException("`" + text + "` is no dotted name");
        }
        return new KeyTemplate(text);
    }

    void requireGroups(KeyPattern pattern) {
        for (MatchResult reference : REFERENCE.matcher(text).results().toList()) {
            int group = group(reference);
            if (group < 1 || group > pattern.groupCount()) {
                throw new IllegalArgumentException("`" + text + "` refers to " + reference.group()
                        + ", and the number of groups in `" + pattern.text() + "` is " + pattern.groupCount());
            }
        }
    }

    String fill(KeyPattern.Match match) {
        String name = REFERENCE
                .matcher(text)
                .replaceAll(reference -> Matcher.quoteReplacement(match.groups().get(group(reference) - 1)));
        return name + match.rest();
    }

    private static int group(MatchResult reference) {
        return Integer.parseInt(reference.group(1));
    }
}
