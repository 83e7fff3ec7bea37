package io.graft.config.hocon;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.graft.config.hocon.Token.Kind;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which values of a configuration never reach a message: those of keys whose name tells it, and those of keys that were declared
 * secret, wherever else the same text stands.
 */
public final class Secrets {
    // a shorter text is part of so many words that hiding it in all of them would tell it
    private static final int SHORTEST_PART = 4;

    // a single character is in every sentence
    private static final int SHORTEST = 2;

    private static final int LONG_WORD = 20;
    private static final Pattern WORDS = Pattern.compile("\\p{L}+(?:[ ._-]\\p{L}+)*");
    private static final String MASK = "***";

    // in remarks, and where a stray quote turns keys into texts, only the look of an entry is left to go by
    private static final Pattern ENTRY =
            Pattern.compile("([\\w-]+)\"?\\s*\\+?[=:]\\s*(\"[^\"]*\"?|[^\\s\\[{,}\\]][^\\s,}\\]]*)");

    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Set<String> values = ConcurrentHashMap.newKeySet();

    /** With keys that are known to be secret before anything is read. */
    public Secrets(Set<String> keys) {
        keys.forEach(this::addKey);
    }

    /** Whether the name alone tells that the value is secret. */
    static boolean isNamedSecret(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return name.endsWith("key") || name.endsWith("token") || isPassword(key);
    }

    private static boolean isPassword(String key) {
        return key.toLowerCase(Locale.ROOT).endsWith("password");
    }

    /** Declares a key secret, in whatever spelling; so are its values at every other place of the configuration. */
    public void addKey(String key) {
        keys.add(Spelling.bare(key));
    }

    /** Makes the text of a scalar secret. */
    public void addText(Token scalar) {
        addLines(scalar.text().lines(), Secrets::isTelling);
    }

    /** Makes the texts of a value secret. */
    public void addValue(ConfigValue value) {
        add(value, Secrets::isText);
    }

    /** Makes the texts of the values of all secret keys in a tree secret. */
    public void addValuesIn(ConfigValue tree) {
        if (tree instanceof ConfigObject object) {
            object.forEach((key, value) -> {
                if (keys.contains(Spelling.bare(key)) || isPassword(key)) {
                    add(value, Secrets::isText);
                } else if (isNamedSecret(key)) {
                    // by its name a key can be something else: sort-key = name
                    add(value, Secrets::isTelling);
                } else {
                    addValuesIn(value);
                }
            });
        } else if (tree instanceof ConfigList list) {
            list.forEach(this::addValuesIn);
        }
    }

    private void add(ConfigValue value, Predicate<String> counts) {
        if (value instanceof ConfigObject object) {
            object.values().forEach(child -> add(child, counts));
        } else if (value instanceof ConfigList list) {
            list.forEach(element -> add(element, counts));
        } else if (value.valueType() != ConfigValueType.BOOLEAN) {
            // an author prints a number as Java does
            Literals.text(value)
                    .ifPresent(text -> addLines(
                            Stream.concat(
                                    text.lines(), Stream.of(value.unwrapped().toString())),
                            counts));
        }
    }

    private void addLines(Stream<String> lines, Predicate<String> counts) {
        lines.map(String::strip).filter(counts).forEach(values::add);
    }

    private static boolean isText(String line) {
        return line.length() >= SHORTEST;
    }

    /** Whether a text can hardly be anything but a secret; words of a language and dotted names are no such text. */
    private static boolean isTelling(String line) {
        return line.length() >= SHORTEST_PART
                && (line.length() >= LONG_WORD || !WORDS.matcher(line).matches());
    }

    /** Makes a text secret. */
    public void addText(String text) {
        values.add(text);
    }

    public boolean isSecret(String key) {
        return isNamedSecret(key) || keys.contains(Spelling.bare(key));
    }

    /** A text with asterisks in place of every secret value; a short one has to stand by itself, in quotes if it could be a word. */
    public String mask(String text) {
        String masked = text;
        for (String value : values.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList()) {
            if (value.length() >= SHORTEST_PART) {
                masked = masked.replace(value, MASK);
            } else if (masked.contains(value)) {
                boolean wordOfALanguage = value.chars().allMatch(Character::isLetter);
                String before = wordOfALanguage ? "(?<=[`\"'=\\[(:])" : "(?<![\\p{L}\\p{N}])";
                masked = masked.replaceAll(before + Pattern.quote(value) + "(?![\\p{L}\\p{N}])", MASK);
            }
        }
        return masked;
    }

    /** How many secrets are known; it only grows. */
    int size() {
        return keys.size() + values.size();
    }

    /**
     * A line of a text with what is secret replaced by as many asterisks, so that columns stay.
     *
     * @param covered the scalars that reach into the line and stand at secret keys
     * @param tokens of the line
     */
    String blotOut(String line, int number, List<Token> covered, List<Token> tokens) {
        StringBuilder shown = new StringBuilder(line);
        covered.forEach(token -> cover(shown, line, number, token));
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.isScalar() && isPart(token.text()) && !isKey(tokens, i)) {
                cover(shown, line, number, token);
            }
        }
        for (String value : values) {
            int from = value.length() < SHORTEST_PART ? -1 : line.indexOf(value);
            for (int at = from; at >= 0; at = line.indexOf(value, at + 1)) {
                cover(shown, at, at + value.length());
            }
        }
        Matcher entry = ENTRY.matcher(shown.toString());
        for (int from = 0; entry.find(from); from = entry.end(1)) {
            if (isSecret(entry.group(1))) {
                cover(shown, entry.start(2), entry.end(2));
            }
        }
        return shown.toString();
    }

    private static void cover(StringBuilder shown, String line, int number, Token token) {
        if (token.line() == number) {
            cover(shown, token.column() - 1, token.end() - 1);
        } else {
            // the last line of a long text, or one between
            int close = line.indexOf("\"\"\"");
            cover(shown, 0, close < 0 ? line.length() : close);
        }
    }

    private static void cover(StringBuilder line, int from, int to) {
        for (int i = from; i < Math.min(to, line.length()); i++) {
            line.setCharAt(i, '*');
        }
    }

    /** The scalars inside the values of secret keys, by each line that they reach into. */
    Map<Integer, List<Token>> atSecretKeys(List<Token> tokens) {
        Map<Integer, List<Token>> covered = new HashMap<>();
        boolean secret = false;
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            Token former = i == 0 ? token : tokens.get(i - 1);
            boolean ends = depth == 0 && token.line() != former.line() && !former.is(Kind.SEPARATOR);
            secret = secret && !ends;
            if (!secret) {
                secret = token.isScalar() && isKey(tokens, i) && isSecret(lastStep(token));
                depth = 0;
            } else if (token.is(Kind.OPEN)) {
                depth++;
            } else if (token.is(Kind.CLOSE)) {
                depth--;
                secret = depth > 0;
            } else if (token.is(Kind.COMMA)) {
                secret = depth > 0;
            } else if (token.isScalar()) {
                int last = token.line() + (int) Math.max(0, token.text().lines().count() - 1);
                IntStream.rangeClosed(token.line(), last)
                        .forEach(line -> covered.computeIfAbsent(line, first -> new ArrayList<>())
                                .add(token));
            }
        }
        return covered;
    }

    /** Whether a text is a secret value, or one of several that make one. */
    private boolean isPart(String text) {
        return values.contains(text)
                || (text.length() >= SHORTEST_PART && values.stream().anyMatch(value -> value.contains(text)));
    }

    private static String lastStep(Token key) {
        return key.is(Kind.WORD) ? key.text().substring(key.text().lastIndexOf('.') + 1) : key.text();
    }

    /** Whether a token is a key; also one that lacks its separator, so that a slip of the pen shows nothing. */
    private static boolean isKey(List<Token> tokens, int index) {
        if (index + 1 == tokens.size()) {
            return false;
        }
        Token token = tokens.get(index);
        Token next = tokens.get(index + 1);
        Token former = index == 0 ? null : tokens.get(index - 1);
        boolean first =
                former == null || former.is(Kind.COMMA) || former.is(Kind.OPEN) || former.line() != token.line();
        boolean sameLine = next.line() == token.line();
        return sameLine && (next.is(Kind.SEPARATOR) || next.opens('{') || (first && next.isScalar()));
    }
}
