package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;
import io.graft.config.hocon.Token.Kind;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.SourceRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Says what the parser's message means: its texts speak of tokens, and name the line where it gave up, not the one to
 * change.
 */
public final class SyntaxErrors {
    private final String file;
    private final SourceText text;
    private final int line;
    private final String message;

    private SyntaxErrors(String file, SourceText text, int line, String message) {
        this.file = file;
        this.text = text;
        this.line = line;
        this.message = message;
    }

    /** The problem behind an exception of the parser. */
    public static Problem explain(ConfigException e, String mainFile, SourceTexts texts) {
        ConfigOrigin origin = e.origin();
        String file = origin == null ? mainFile : ValueOrigin.name(origin);
        int line = origin == null ? 0 : Math.max(0, origin.lineNumber());
        SourceText text = texts.of(file).orElseGet(() -> new SourceText("", texts.secrets()));
        text.withholdSecrets();
        if (Yaml.is(file, text)) {
            return ConfigProblems.at(
                    ProblemCode.SYNTAX, new SourceRef(file, 0, 0, 0, ""), "this is YAML, which is not read", Yaml.CURE);
        }
        return new SyntaxErrors(file, text, line, reason(e.getMessage(), origin)).explain();
    }

    /** The parser's message without the place before it and the advice behind it, which is wrong more often than right. */
    private static String reason(String message, ConfigOrigin origin) {
        String place = origin == null ? "" : origin.description() + ": ";
        String reason = message.startsWith(place) ? message.substring(place.length()) : message;
        return Quoting.lowerFirst(
                ParserText.WANT.before(ParserText.INTENDED.before(reason)).strip());
    }

    private Problem explain() {
        if (ParserText.LIST_AT_ROOT.in(message)) {
            return at(line, 0, 0, "the file is a list", "write the list as a value, as in `graft.modifiers = [...]`");
        }
        if (ParserText.SIDE_BY_SIDE.in(message)) {
            // the parser's message holds the values
            String what = "an object or list and another value stand side by side";
            return at(line, 0, 0, what, "is a comma or a line break missing?");
        }
        if (ParserText.RESERVED.in(message)) {
            return reserved(ParserText.RESERVED.after(message).charAt(0));
        }
        if (ParserText.DOLLAR.in(message)) {
            return reserved('$');
        }
        if (ParserText.BAD_ESCAPE.in(message)) {
            return badEscape();
        }
        if (ParserText.OPEN_TRIPLE_QUOTE.in(message)) {
            return openTripleQuote();
        }
        if (ParserText.OPEN_QUOTE.in(message) || ParserText.LINE_BREAK_IN_QUOTES.in(message)) {
            return openQuote();
        }
        if (ParserText.OPEN_SUBSTITUTION.in(message)) {
            return marked(token -> token.text().startsWith("${"), "`${` has no closing `}`", "write `${name}`");
        }
        if (ParserText.PLUS.in(message)) {
            return marked(token -> token.text().startsWith("+"), "a number has no plus sign", "leave it out");
        }
        if (ParserText.KEY.begins(message) && ParserText.NO_VALUE.in(message)) {
            return keyWithoutValue(ParserText.KEY.after(ParserText.NO_VALUE.before(message)));
        }
        if (ParserText.BAD_INCLUDE.begins(message)) {
            return marked(
                    token -> token.text().equals("include"),
                    "`include` is a word of HOCON itself",
                    "as a key, write it in quotes: `\"include\" = ...`");
        }
        return brackets().or(this::separators).or(this::noKey).orElseGet(this::asTheParserSays);
    }

    private Problem reserved(char c) {
        List<Token> words = text.tokensOf(line).stream()
                .filter(token -> token.is(Kind.WORD) && token.text().indexOf(c) >= 0)
                .toList();
        String message = "`" + c + "` is reserved outside quotes";
        if (words.isEmpty()) {
            return at(line, 0, 0, message, "quote the value");
        }
        Token word = words.get(0);
        int column = word.column() + word.text().indexOf(c);
        return at(line, column, 1, message, quoted(word.text()));
    }

    private Problem badEscape() {
        if (hidesSecret(line)) {
            return at(line, 0, 0, "a `\\` is no escape sequence", "write `\\\\`, or put the text in triple quotes");
        }
        String raw = text.rawLine(line);
        for (int i = raw.indexOf('\\'); i >= 0 && i + 1 < raw.length(); i = raw.indexOf('\\', i + 2)) {
            char c = raw.charAt(i + 1);
            if ("\"\\/bfnrtu".indexOf(c) < 0) {
                String help = "write `\\\\" + c + "`, or put the text in triple quotes, `\"\"\"...\"\"\"`";
                return at(line, i + 1, 2, "`\\" + c + "` is no escape sequence", help);
            }
        }
        return at(line, 0, 0, message, "");
    }

    private Problem openTripleQuote() {
        int open = text.text().lastIndexOf("\"\"\"");
        int before = open < 0
                ? 0
                : (int) text.text()
                        .substring(0, open)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int column = open - text.text().lastIndexOf('\n', Math.max(0, open));
        return at(before + 1, column, 3, "this text has no closing `\"\"\"`", "");
    }

    private Problem openQuote() {
        List<Token> quoted = text.tokensOf(line).stream()
                .filter(token -> token.is(Kind.QUOTED))
                .toList();
        String message = "this text has no closing `\"`";
        if (quoted.isEmpty()) {
            return at(line, 0, 0, message, "");
        }
        Token last = quoted.get(quoted.size() - 1);
        return at(line, last.column(), 1, message, "");
    }

    private Problem keyWithoutValue(String key) {
        int space = key.indexOf(' ');
        String help = space < 0
                ? "write `" + key + " = ...`"
                : "write `" + key.substring(0, space) + " = " + key.substring(space + 1) + "`";
        String message = "`" + key + "` has no `=`";
        // at the end of a block the parser names the line after it
        for (int candidate = line; candidate > 0; candidate--) {
            int column = text.rawLine(candidate).indexOf(key) + 1;
            if (column > 0) {
                return hidesSecret(candidate)
                        ? at(candidate, column, 1, "this key has no `=`", "")
                        : at(candidate, column, key.length(), message, help);
            }
        }
        return at(line, 0, 0, "a key has no `=`", "");
    }

    /** Brackets that do not match, whatever the parser says of them. */
    private Optional<Problem> brackets() {
        boolean atEnd = ParserText.END_OF_FILE.in(message);
        boolean inList = ParserText.LIST_NOT_ENDED.begins(message);
        Deque<Token> open = new ArrayDeque<>();
        for (Token token : text.tokens()) {
            if (!atEnd && token.line() > line) {
                break;
            }
            if (token.is(Kind.OPEN)) {
                open.push(token);
            } else if (token.is(Kind.CLOSE)) {
                if (open.isEmpty()) {
                    String what = "`" + token.text() + "` closes nothing";
                    return Optional.of(at(token.line(), token.column(), 1, what, "remove it"));
                }
                String closing = closing(open.peek());
                if (!closing.equals(token.text())) {
                    String what = "expected `" + closing + "` or a comma, found `" + token.text() + "`";
                    return Optional.of(at(token.line(), token.column(), 1, what, opened(open.peek())));
                }
                open.pop();
            }
        }
        boolean unclosed = atEnd || (inList && !open.isEmpty() && open.peek().opens('['));
        return unclosed && !open.isEmpty() ? Optional.of(neverClosed(open.peek())) : Optional.empty();
    }

    private Problem neverClosed(Token bracket) {
        String what = "`" + bracket.text() + "` is never closed";
        return at(bracket.line(), bracket.column(), 1, what, "add `" + closing(bracket) + "`");
    }

    private String opened(Token bracket) {
        return "`" + bracket.text() + "` was opened at line " + bracket.line();
    }

    private static String closing(Token bracket) {
        return bracket.opens('{') ? "}" : "]";
    }

    /** A second {@code :} or {@code =} on the way to the end of a value. */
    private Optional<Problem> separators() {
        boolean colon = ParserText.GOT_COLON.ends(message) || ParserText.TOKEN_COLON.ends(message);
        boolean equals = ParserText.GOT_EQUALS.ends(message) || ParserText.WRONG_EQUALS.ends(message);
        List<Token> tokens = text.tokensOf(line);
        for (int i = 0; i < tokens.size() && (colon || equals); i++) {
            Token token = tokens.get(i);
            boolean sought = token.is(Kind.SEPARATOR) && token.text().equals(colon ? ":" : "=");
            if (sought && !isFirstOfEntry(tokens, i)) {
                return Optional.of(colon ? colonInValue(token) : equalsInValue(tokens, token));
            }
        }
        return equals ? noValue() : Optional.empty();
    }

    private static boolean isFirstOfEntry(List<Token> tokens, int index) {
        for (int i = index - 1; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.is(Kind.COMMA) || token.opens('{') || token.text().equals("}")) {
                return true;
            }
            if (token.is(Kind.SEPARATOR) || token.opens('[')) {
                return false;
            }
        }
        return true;
    }

    private Problem colonInValue(Token colon) {
        String raw = text.rawLine(line);
        int start = colon.column() - 1;
        while (start > 0 && isOfWord(raw.charAt(start - 1))) {
            start--;
        }
        int end = colon.column();
        while (end < raw.length() && isOfWord(raw.charAt(end))) {
            end++;
        }
        String help = quoted(raw.substring(start, end).replace("\\", "\\\\"));
        return at(line, colon.column(), 1, "`:` is reserved outside quotes", help);
    }

    private String quoted(String word) {
        return hidesSecret(line) ? "quote the value" : "write `\"" + word + "\"`";
    }

    /** Whether a line holds what must not be shown. */
    private boolean hidesSecret(int number) {
        return !text.line(number).equals(text.rawLine(number));
    }

    private static boolean isOfWord(char c) {
        return !Character.isWhitespace(c) && ",}]={[\"".indexOf(c) < 0;
    }

    private Problem equalsInValue(List<Token> tokens, Token equals) {
        boolean semicolon = tokens.stream()
                .anyMatch(token -> token.is(Kind.WORD) && token.text().contains(";"));
        String help = semicolon ? "separate entries by a comma or a new line, not by `;`" : "";
        return at(line, equals.column(), 1, "unexpected `=`", help);
    }

    /** An object that stands where a key should, as those of a list do that is written in braces. */
    private Optional<Problem> noKey() {
        return text.tokensOf(line).stream()
                .filter(token -> ParserText.NO_KEY.begins(message) && token.opens('{'))
                .findFirst()
                .map(brace -> at(
                        line,
                        brace.column(),
                        1,
                        "expected a key, found `{`",
                        "write a list of objects in brackets: `[ { ... } ]`"));
    }

    /** The next line's entry is read as the value of a key that has none. */
    private Optional<Problem> noValue() {
        Token former = null;
        for (Token token : text.tokens()) {
            if (token.line() >= line) {
                break;
            }
            former = token;
        }
        return former == null || !former.is(Kind.SEPARATOR)
                ? Optional.empty()
                : Optional.of(
                        at(former.line(), former.column(), 1, "there is no value after `" + former.text() + "`", ""));
    }

    private Problem asTheParserSays() {
        if (hidesSecret(line)) {
            return at(line, 0, 0, "this line is not HOCON", "");
        }
        List<Token> named = text.tokensOf(line).stream()
                .filter(token -> message.contains("'" + token.text() + "'"))
                .toList();
        return named.size() == 1
                ? at(
                        line,
                        named.get(0).column(),
                        named.get(0).end() - named.get(0).column(),
                        message,
                        "")
                : at(line, 0, 0, message, "");
    }

    private Problem marked(Predicate<Token> mark, String message, String help) {
        return text.tokensOf(line).stream()
                .filter(token -> token.is(Kind.WORD))
                .filter(mark)
                .findFirst()
                .map(token -> at(line, token.column(), token.end() - token.column(), message, help))
                .orElseGet(() -> at(line, 0, 0, message, help));
    }

    private Problem at(int atLine, int column, int length, String what, String help) {
        SourceRef place = new SourceRef(file, atLine, column, length, text.line(atLine));
        return ConfigProblems.at(ProblemCode.SYNTAX, place, what, help);
    }
}
