package io.graft.config;

/**
 * A piece of a HOCON text.
 *
 * @param text what it says, without quotes
 * @param line from 1
 * @param column of its first character, from 1
 * @param end column after its last character on its first line
 */
record Token(Kind kind, String text, int line, int column, int end) {
    enum Kind {
        OPEN,
        CLOSE,
        SEPARATOR,
        COMMA,
        QUOTED,
        WORD
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean opens(char bracket) {
        return kind == Kind.OPEN && text.charAt(0) == bracket;
    }

    boolean isScalar() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }
}
