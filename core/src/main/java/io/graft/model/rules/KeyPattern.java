package io.graft.model.rules;

import io.graft.model.tree.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a rule looks for: a whole key, or a module above it.
 *
 * @param leads whether it begins with {@value #LEAD}
 * @param number which of the groups is the number that {@code #} stands for, from 1; 0 if there is none
 */
record KeyPattern(String text, Pattern expression, boolean leads, int number) {
    /** How a text begins that is a regular expression. */
    static final String REGEX = "re:";

    /** How a path begins that stands at any depth. */
    static final String LEAD = "**.";

    static final String NUMBER = "#";

    /**
     * The parts of a key that a pattern matches.
     *
     * @param lead what stands before: empty, or segments with a dot behind each
     * @param groups what each {@code *} or group matched; empty text for a group that took no part
     * @param number what {@code #} matched; empty if there is none
     * @param rest what of the key lies below the match: empty, or from a dot on
     */
    record Match(String lead, List<String> groups, String number, String rest) {}

    /** A pattern without {@code #}. */
    static KeyPattern parse(String text) {
        KeyPattern pattern = numbered(text);
        if (pattern.number > 0) {
            throw new IllegalArgumentException(
                    "`" + text + "` has `#`, which stands for the numbers of tensors that are stacked");
        }
        return pattern;
    }

    /** A pattern that may have a {@code #}. */
    static KeyPattern numbered(String text) {
        Selector.parse(text);
        return text.startsWith(REGEX)
                ? new KeyPattern(text, below(text.substring(REGEX.length())), false, 0)
                : ofPath(text);
    }

    private static KeyPattern ofPath(String path) {
        boolean leads = path.startsWith(LEAD);
        List<String> segments = new ArrayList<>();
        int number = 0;
        int groups = 0;
        for (String segment : path.substring(leads ? LEAD.length() : 0).split("\\.")) {
            if (segment.equals("**")) {
                throw new IllegalArgumentException("`" + path
                        + "` cannot say where `**` ends in a rename rule; write `re:` and a regular expression");
            }
            for (int at = 0; at < segment.length(); at++) {
                boolean isNumber = segment.startsWith(NUMBER, at);
                groups += isNumber || segment.charAt(at) == '*' ? 1 : 0;
                if (isNumber && number > 0) {
                    throw new IllegalArgumentException("`" + path + "` has `#` twice");
                }
                number = isNumber ? groups : number;
            }
            segments.add(segment.equals("*") ? "([^.]+)" : glob(segment));
        }
        return new KeyPattern(
                path, below((leads ? "((?:[^.]+\\.)*?)" : "") + String.join("\\.", segments)), leads, number);
    }

    private static Pattern below(String expression) {
        return Pattern.compile("(?:" + expression + ")(\\..*)?");
    }

    private static String glob(String segment) {
        StringBuilder expression = new StringBuilder();
        for (String part : segment.split("(?<=[*#])|(?=[*#])")) {
            expression.append(
                    part.equals("*") ? "([^.]*)" : part.equals(NUMBER) ? "(0|[1-9]\\d{0,8})" : Pattern.quote(part));
        }
        return expression.toString();
    }

    /** How many {@code *} or groups there are, {@code #} not among them. */
    int groupCount() {
        return expression.matcher("").groupCount() - 1 - (leads ? 1 : 0) - (number > 0 ? 1 : 0);
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
        String lead = leads ? groups.remove(0) : "";
        String found = number > 0 ? groups.remove(number - 1) : "";
        return Optional.of(new Match(lead, groups, found, rest));
    }

    boolean fits(String key) {
        return expression.matcher(key).matches();
    }
}
