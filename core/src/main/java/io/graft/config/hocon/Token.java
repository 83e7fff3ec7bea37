package io.graft.config.hocon;

/**
 * A piece of a HOCON text.
 *
 * @param text what it says, without quotes
 * @param line from 1
 * @param column of its first character, from 1
 * @param end column after its last character on its first line
 */
public record Token(Kind kind, String text, int line, int column, int end) {
    public enum Kind {
        OPEN,
        CLOSE,
        SEPARATOR,
        COMMA,
        QUOTED,
        WORD
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    public boolean opens(char bracket) {
        return kind == Kind.OPEN && text.charAt(0) == bracket;
    }

    public boolean isScalar() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }
}
