package io.graft.config.hocon;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The text of one file, cut into lines and tokens. */
public final class SourceText {
    private final String text;
    private final List<String> lines;
    private final List<Token> tokens;
    private final Map<Integer, List<Token>> tokensByLine;
    private final Map<String, Optional<WrittenEntry>> found = new ConcurrentHashMap<>();
    private final Secrets secrets;
    private volatile Shown shown = new Shown(-1, Map.of(), Map.of());

    /**
     * Lines fit for showing, as long as no more secrets are known.
     *
     * @param size of the known secrets
     * @param covered the scalars at secret keys, by their lines
     * @param lines those that were asked for
     */
    private record Shown(int size, Map<Integer, List<Token>> covered, Map<Integer, String> lines) {}

    SourceText(String text, Secrets secrets) {
        this.text = text;
        this.lines = text.lines().toList();
        this.tokens = Tokenizer.tokenize(text);
        this.tokensByLine = tokens.stream().collect(Collectors.groupingBy(Token::line));
        this.secrets = secrets;
    }

    String text() {
        return text;
    }

    public List<Token> tokens() {
        return tokens;
    }

    public List<Token> tokensOf(int line) {
        return tokensByLine.getOrDefault(line, List.of());
    }

    /** A line, from 1, fit for showing: what is secret is blotted out. Empty if there is no such line. */
    public String line(int number) {
        if (number < 1 || number > lines.size()) {
            return "";
        }
        Shown now = shown;
        if (now.size() != secrets.size()) {
            now = new Shown(secrets.size(), secrets.atSecretKeys(tokens), new ConcurrentHashMap<>());
            shown = now;
        }
        Map<Integer, List<Token>> covered = now.covered();
        return now.lines()
                .computeIfAbsent(
                        number,
                        line -> secrets.blotOut(
                                lines.get(line - 1), line, covered.getOrDefault(line, List.of()), tokensOf(line)));
    }

    /** Makes what is written at secret keys secret everywhere; for a text that is not parsed, where nobody else does. */
    void withholdSecrets() {
        secrets.atSecretKeys(tokens).values().forEach(scalars -> scalars.forEach(secrets::addText));
    }

    /** All lines, fit for showing, each as long as it is. */
    String shown() {
        return IntStream.rangeClosed(1, lines.size()).mapToObj(this::line).collect(Collectors.joining("\n"));
    }

    /** A line, from 1, as it stands. Not to be shown. */
    String rawLine(int number) {
        return number < 1 || number > lines.size() ? "" : lines.get(number - 1);
    }

    /** Where the value of a path is written; sought once, since many problems can be inside of one value. */
    public Optional<WrittenEntry> remember(String path, Supplier<Optional<WrittenEntry>> search) {
        Optional<WrittenEntry> known = found.get(path);
        if (known == null) {
            known = search.get();
            found.put(path, known);
        }
        return known;
    }
}
