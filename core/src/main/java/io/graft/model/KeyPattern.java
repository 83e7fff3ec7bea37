package io.graft.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a rename rule looks for: a whole key, or a module above it. */
record KeyPattern(String text, Pattern expression) {
    /**
     * The parts of a key that a pattern matches.
     *
     * @param groups what each {@code *} or group matched; empty text for a group that took no part
     * @param rest what of the key lies below the match: empty, or from a dot on
     */
    record Match(List<String> groups, String rest) {}

    static KeyPattern parse(String text) {
        Selector.parse(text);
        String expression = text.startsWith(NodePattern.REGEX_MARK)
                ? text.substring(NodePattern.REGEX_MARK.length())
                : expression(text);
        return new KeyPattern(text, Pattern.compile("(?:" + expression + ")(\\..*)?"));
    }

    private static String expression(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("\\.")) {
            if (segment.equals("**")) {
                throw new IllegalArgumentException("`" + path
                        + "` cannot say where `**` ends in a rename rule; write `re:` and a regular expression");
            }
            segments.add(segment.equals("*") ? "([^.]+)" : glob(segment));
        }
        return String.join("\\.", segments);
    }

    private static String glob(String segment) {
        List<String> parts = new ArrayList<>();
        for (String part : segment.split("\\*", -1)) {
            parts.add(Pattern.quote(part));
        }
        return String.join("([^.]*)", parts);
    }

    int groupCount() {
        return expression.matcher("").groupCount() - 1;
    }

    Optional<Match> match(String key) {
        Matcher matcher = expression.matcher(key);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> groups = new ArrayList<>();
        for (int group = 1; group <= matcher.groupCount(); group++) {
            groups.add(matcher.group(group) == null ? "" : matcher.group(group));
        }
        String rest = groups.remove(groups.size() - 1);
        return Optional.of(new Match(groups, rest));
    }
}
