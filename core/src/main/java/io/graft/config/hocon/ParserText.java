package io.graft.config.hocon;

/**
 * What is looked for in the texts of Typesafe Config, which has no other way to tell its failures apart. A release of the library may
 * word them anew; {@code ParserTextTest} provokes each.
 */
enum ParserText {
    /** Before the advice that follows a reason. */
    INTENDED(" (if you intended "),
    WANT(" (if you want "),

    LIST_AT_ROOT("has type LIST rather than object at file root"),
    SIDE_BY_SIDE("annot concatenate"),
    /** Before the character. */
    RESERVED("Reserved character '"),
    DOLLAR("'$' not followed by {"),
    BAD_ESCAPE("not a valid escape sequence"),
    OPEN_TRIPLE_QUOTE("triple-quoted string was still open"),
    OPEN_QUOTE("string quote was still open"),
    LINE_BREAK_IN_QUOTES("unescaped newline in quoted"),
    OPEN_SUBSTITUTION("Substitution ${ was not closed"),
    PLUS("'+' not followed by ="),
    /** At the beginning, before the key. */
    KEY("key '"),
    /** After the key. */
    NO_VALUE("' may not be followed by token"),
    BAD_INCLUDE("include keyword is not followed by"),
    END_OF_FILE("end of file"),
    LIST_NOT_ENDED("list should have ended"),
    /** Where a key should stand; the parser says so of an {@code include} that is not closed, too. */
    NO_KEY("expecting a close parentheses ')' here, not: "),
    GOT_COLON("got ':'"),
    TOKEN_COLON("had token: ':'"),
    GOT_EQUALS("got '='"),
    WRONG_EQUALS("wrong token: '='"),

    /** Before what cannot be resolved. */
    UNRESOLVED("Could not resolve substitution to a value: "),
    /** Between a reference and its way back. */
    CYCLE(" was part of a cycle of substitutions involving ");

    private final String text;

    ParserText(String text) {
        this.text = text;
    }

    boolean in(String message) {
        return message.contains(text);
    }

    boolean begins(String message) {
        return message.startsWith(text);
    }

    boolean ends(String message) {
        return message.endsWith(text);
    }

    /** What stands before it; the whole message if it is not in it. */
    String before(String message) {
        int at = message.indexOf(text);
        return at < 0 ? message : message.substring(0, at);
    }

    /** What follows it; the whole message if it is not in it. */
    String after(String message) {
        int at = message.indexOf(text);
        return at < 0 ? message : message.substring(at + text.length());
    }
}
