package io.graft.config.hocon;

import io.graft.config.hocon.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a HOCON text into tokens with columns, which the parser does not tell. Tolerant: it also serves texts that the
 * parser refuses, so an open quote ends with its line.
 */
final class Tokenizer {
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineStart;

    private Tokenizer(String text) {
        this.text = text;
    }

    static List<Token> tokenize(String text) {
        Tokenizer tokenizer = new Tokenizer(text);
        while (tokenizer.position < text.length()) {
            tokenizer.next();
        }
        return List.copyOf(tokenizer.tokens);
    }

    private void next() {
        char c = text.charAt(position);
        switch (c) {
            case '\n' -> newLine();
            case '{', '[' -> single(Kind.OPEN);
            case '}', ']' -> single(Kind.CLOSE);
            case ',' -> single(Kind.COMMA);
            case '=', ':' -> single(Kind.SEPARATOR);
            case '"' -> quoted();
            default -> {
                if (isSpace(c)) {
                    position++;
                } else if (startsComment()) {
                    skipLine();
                } else if (text.startsWith("+=", position)) {
                    add(Kind.SEPARATOR, "+=", position, position + 2);
                    position += 2;
                } else {
                    word();
                }
            }
        }
    }

    private void newLine() {
        position++;
        line++;
        lineStart = position;
    }

    private void single(Kind kind) {
        add(kind, text.substring(position, position + 1), position, position + 1);
        position++;
    }

    private void quoted() {
        int start = position;
        if (text.startsWith("\"\"\"", start)) {
            int close = text.indexOf("\"\"\"", start + 3);
            int end = close < 0 ? text.length() : close + 3;
            // further quotes before the end belong to the text
            while (close >= 0 && end < text.length() && text.charAt(end) == '"') {
                end++;
            }
            int firstLineEnd = Math.min(end, lineEnd(start));
            add(Kind.QUOTED, text.substring(start + 3, close < 0 ? end : end - 3), start, firstLineEnd);
            while (position < end) {
                if (text.charAt(position) == '\n') {
                    newLine();
                } else {
                    position++;
                }
            }
            return;
        }
        StringBuilder content = new StringBuilder();
        position++;
        while (position < text.length() && text.charAt(position) != '"' && text.charAt(position) != '\n') {
            if (text.charAt(position) == '\\' && position + 1 < text.length() && text.charAt(position + 1) != '\n') {
                position++;
            }
            content.append(text.charAt(position));
            position++;
        }
        if (position < text.length() && text.charAt(position) == '"') {
            position++;
        }
        add(Kind.QUOTED, content.toString(), start, position);
    }

    private void word() {
        int start = position;
        if (text.startsWith("${", start)) {
            int close = text.indexOf('}', start);
            position = close < 0 || close > lineEnd(start) ? lineEnd(start) : close + 1;
        } else {
            position++;
            while (position < text.length() && !endsWord()) {
                position++;
            }
        }
        add(Kind.WORD, text.substring(start, position), start, position);
    }

    private boolean endsWord() {
        char c = text.charAt(position);
        return isSpace(c)
                || "\n{}[],=:\"".indexOf(c) >= 0
                || startsComment()
                || text.startsWith("${", position)
                || text.startsWith("+=", position);
    }

    private boolean startsComment() {
        return text.charAt(position) == '#' || text.startsWith("//", position);
    }

    private void skipLine() {
        position = lineEnd(position);
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private void add(Kind kind, String content, int start, int end) {
        tokens.add(new Token(kind, content, line, start - lineStart + 1, end - lineStart + 1));
    }

    private static boolean isSpace(char c) {
        return c != '\n' && (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF');
    }
}
