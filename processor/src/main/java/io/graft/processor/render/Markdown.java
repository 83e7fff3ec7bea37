package io.graft.processor.render;

import java.util.regex.Pattern;

/** Plain text inside of Markdown, tables included. */
final class Markdown {
    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_<>|\\[\\]]");

    private Markdown() {}

    /** The text as it is, whatever it means in Markdown. */
    static String escape(String text) {
        return SPECIAL.matcher(text.replace('\n', ' ')).replaceAll("\\\\$0");
    }

    /** The text as code. */
    static String code(String text) {
        // A bar ends a cell of a table even inside of code.
        String inTable = text.replace('\n', ' ').replace("|", "\\|");
        return text.contains("`") ? "`` " + inTable + " ``" : "`" + inTable + "`";
    }
}
