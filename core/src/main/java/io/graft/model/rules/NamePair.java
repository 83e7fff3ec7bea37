package io.graft.model.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a rule looks for and what it makes of that, as texts.
 *
 * @param from a pattern
 * @param to a template
 */
record NamePair(String from, String to) {
    private static final Pattern SPECIAL = Pattern.compile("[\\\\^$.|?*+()\\[\\]{}]");

    /** A piece of a pattern: literal text, or a group by its expression. */
    private record Piece(String text, boolean isGroup) {}

    /**
     * The pair that leads back.
     *
     * @throws IllegalArgumentException if the name that is given does not tell what it was
     */
    static NamePair inverse(String from, String to) {
        boolean isRegex = from.startsWith(KeyPattern.REGEX);
        boolean leads = from.startsWith(KeyPattern.LEAD);
        List<Piece> pieces = isRegex ? regex(from) : glob(leads ? from.substring(KeyPattern.LEAD.length()) : from);
        List<Piece> groups = pieces.stream().filter(Piece::isGroup).toList();
        List<Integer> order = new ArrayList<>();
        StringBuilder pattern = new StringBuilder(isRegex ? KeyPattern.REGEX : leads ? KeyPattern.LEAD : "");
        String template = leads ? to.substring(KeyPattern.LEAD.length()) : to;
        Matcher reference = KeyTemplate.REFERENCE.matcher(template);
        int at = 0;
        while (reference.find()) {
            int group = Integer.parseInt(reference.group(1));
            if (order.contains(group) || (!isRegex && at == reference.start() && at > 0)) {
                throw cannot(from, to, "`" + to + "` has `$" + group + "` twice, or right behind another one");
            }
            order.add(group);
            pattern.append(literal(template.substring(at, reference.start()), isRegex))
                    .append(isRegex ? "(" + groups.get(group - 1).text() + ")" : "*");
            at = reference.end();
        }
        pattern.append(literal(template.substring(at), isRegex));
        if (order.size() < groups.size()) {
            throw cannot(from, to, "`" + to + "` does not keep all that `" + from + "` matches");
        }
        StringBuilder back = new StringBuilder(leads ? KeyPattern.LEAD : "");
        int group = 0;
        for (Piece piece : pieces) {
            back.append(piece.isGroup() ? "$" + (order.indexOf(++group) + 1) : piece.text());
        }
        return new NamePair(pattern.toString(), back.toString());
    }

    private static String literal(String text, boolean isRegex) {
        return isRegex ? SPECIAL.matcher(text).replaceAll("\\\\$0") : text;
    }

    private static List<Piece> glob(String path) {
        List<Piece> pieces = new ArrayList<>();
        for (String part : path.split("(?<=\\*)|(?=\\*)")) {
            pieces.add(new Piece(part, part.equals("*")));
        }
        return pieces;
    }

    private static List<Piece> regex(String from) {
        String expression = from.substring(KeyPattern.REGEX.length());
        List<Piece> pieces = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int at = 0; at < expression.length(); at++) {
            char next = expression.charAt(at);
            if (next == '\\' && at + 1 < expression.length() && !Character.isLetterOrDigit(expression.charAt(at + 1))) {
                literal.append(expression.charAt(++at));
            } else if (next == '(' && !expression.startsWith("(?", at)) {
                int end = closing(expression, at, from);
                pieces.add(new Piece(literal.toString(), false));
                literal.setLength(0);
                pieces.add(new Piece(expression.substring(at + 1, end), true));
                at = end;
            } else if (SPECIAL.matcher(String.valueOf(next)).matches()) {
                throw cannot(
                        from,
                        "",
                        "`" + next
                                + "` stands outside of a group; put what varies into groups, and write `\\.` for a dot");
            } else {
                literal.append(next);
            }
        }
        pieces.add(new Piece(literal.toString(), false));
        return pieces;
    }

    /** Where a group ends that has no group inside. */
    private static int closing(String expression, int open, String from) {
        int depth = 0;
        for (int at = open; at < expression.length(); at++) {
            char next = expression.charAt(at);
            if (next == '\\') {
                at++;
            } else if (next == '(') {
                depth++;
                if (depth > 1 && !expression.startsWith("(?:", at)) {
                    throw cannot(from, "", "a group stands inside another one");
                }
            } else if (next == ')' && --depth == 0) {
                return at;
            }
        }
        throw cannot(from, "", "a group has no end");
    }

    private static IllegalArgumentException cannot(String from, String to, String why) {
        String rule = "`" + from + "`" + (to.isEmpty() ? "" : " to `" + to + "`");
        return new IllegalArgumentException("the rule " + rule + " cannot be undone: " + why);
    }
}
