package io.graft.config.hocon;

import io.graft.config.hocon.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens of one value, in their order; never empty. */
public final class Span {
    private final List<Token> tokens;
    private @Nullable List<Span> elements;

    public Span(List<Token> tokens) {
        this.tokens = tokens;
    }

    public Token first() {
        return tokens.get(0);
    }

    /** Characters from the first token to the end of the value, as far as it is on the first token's line. */
    public int length() {
        Token last = first();
        for (Token token : tokens) {
            if (token.line() != first().line()) {
                // what goes on over lines is marked where it begins
                return first().is(Kind.OPEN) ? 1 : last.end() - first().column();
            }
            last = token;
        }
        return last.end() - first().column();
    }

    /** The value that begins at an index: up to a comma, a closing bracket or, outside brackets, the end of the line. */
    public static Span valueAt(List<Token> tokens, int start) {
        int depth = 0;
        int end = start;
        while (end < tokens.size()) {
            Token token = tokens.get(end);
            if (depth == 0 && end > start) {
                boolean newLine = token.line() != tokens.get(end - 1).line();
                if (newLine || token.is(Kind.COMMA) || token.is(Kind.CLOSE)) {
                    break;
                }
            }
            depth += token.is(Kind.OPEN) ? 1 : token.is(Kind.CLOSE) ? -1 : 0;
            end++;
        }
        return new Span(tokens.subList(start, end));
    }

    /** What is inside the brackets of an object; of {@code ${base} {...}}, what is inside the braces. */
    public List<Token> inside() {
        List<Token> inside = new ArrayList<>();
        int depth = 0;
        for (Token token : tokens) {
            if (token.is(Kind.CLOSE)) {
                depth--;
            }
            if (depth > 0) {
                inside.add(token);
            }
            if (token.is(Kind.OPEN)) {
                depth++;
            }
        }
        return inside;
    }

    /** The elements of a list, as they are written. */
    public List<Span> elements() {
        List<Span> known = elements;
        if (known == null) {
            known = split();
            elements = known;
        }
        return known;
    }

    private List<Span> split() {
        List<Span> split = new ArrayList<>();
        List<Token> inside = first().opens('[') ? inside() : List.of();
        int position = 0;
        while (position < inside.size()) {
            if (inside.get(position).is(Kind.COMMA)) {
                position++;
                continue;
            }
            Span element = valueAt(inside, position);
            split.add(element);
            position += element.tokens.size();
        }
        return List.copyOf(split);
    }
}
