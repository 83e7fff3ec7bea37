package io.graft.model.rules;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name that a rule gives, with {@code $1} for what its pattern's first group matched. */
record KeyTemplate(String text) {
    static final Pattern REFERENCE = Pattern.compile("\\$(\\d{1,3})");

    /** A template for what a pattern matches, without {@code #}. */
    static KeyTemplate of(String text, KeyPattern pattern) {
        KeyTemplate template = numbered(text, pattern);
        if (template.isNumbered()) {
            throw new IllegalArgumentException(
                    "`" + text + "` has `#`, which stands for the numbers of tensors that are stacked");
        }
        return template;
    }

    /** A template that may have a {@code #}. */
    static KeyTemplate numbered(String text, KeyPattern pattern) {
        if (text.isBlank() || text.startsWith(".") || text.endsWith(".") || text.contains("..")) {
            throw new IllegalArgumentException("`" + text + "` is no dotted name");
        }
        KeyTemplate template = new KeyTemplate(text);
        template.requireGroups(pattern);
        template.requireLead(pattern);
        return template;
    }

    private void requireGroups(KeyPattern pattern) {
        for (MatchResult reference : REFERENCE.matcher(text).results().toList()) {
            int group = group(reference);
            if (group < 1 || group > pattern.groupCount()) {
                throw new IllegalArgumentException("`" + text + "` refers to " + reference.group()
                        + ", and the number of groups in `" + pattern.text() + "` is " + pattern.groupCount());
            }
        }
    }

    private void requireLead(KeyPattern pattern) {
        if (leads() != pattern.leads()) {
            throw new IllegalArgumentException("`" + pattern.text() + "` and `" + text
                    + "` must both begin with `**.`, which keeps what stands before, or neither");
        }
        if (text.indexOf('*', leads() ? KeyPattern.LEAD.length() : 0) >= 0) {
            throw new IllegalArgumentException(
                    "`" + text + "` has `*`; write `$1` for what the first `*` of `" + pattern.text() + "` matches");
        }
    }

    private boolean leads() {
        return text.startsWith(KeyPattern.LEAD);
    }

    boolean isNumbered() {
        return text.contains(KeyPattern.NUMBER);
    }

    String fill(KeyPattern.Match match) {
        String own = text.substring(leads() ? KeyPattern.LEAD.length() : 0);
        String name = REFERENCE
                .matcher(own)
                .replaceAll(reference -> Matcher.quoteReplacement(match.groups().get(group(reference) - 1)));
        return match.lead() + name + match.rest();
    }

    /** The name of the tensor of a number. */
    String fill(KeyPattern.Match match, int number) {
        return new KeyTemplate(text.replace(KeyPattern.NUMBER, String.valueOf(number))).fill(match);
    }

    private static int group(MatchResult reference) {
        return Integer.parseInt(reference.group(1));
    }
}
