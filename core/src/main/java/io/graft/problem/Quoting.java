package io.graft.problem;

/** Foreign text inside messages. */
public final class Quoting {
    private static final int LONGEST = 60;

    private Quoting() {}

    /** The text in back-ticks, on one line, cut at 60 characters. */
    public static String quote(String text) {
        String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return "`" + escape(shown) + "`";
    }

    /** The text without control characters. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        escaped.append("\\u").append(hex4(c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    /** A foreign sentence inside one of ours. */
    public static String lowerFirst(String sentence) {
        return sentence.isEmpty() ? "" : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static String hex4(char c) {
        return Integer.toHexString(0x10000 | c).substring(1);
    }
}
