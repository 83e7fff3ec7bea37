package io.graft.config.hocon;

import io.graft.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The texts of the files that a configuration was read from, and what of them must not be shown. Each is read when a problem
 * first needs a column, once.
 */
public final class SourceTexts {
    private final Map<String, Optional<SourceText>> texts = new ConcurrentHashMap<>();
    private final Secrets secrets;

    public SourceTexts(Set<String> secretKeys) {
        secrets = new Secrets(secretKeys);
    }

    public Secrets secrets() {
        return secrets;
    }

    /** The text of a file; empty if it cannot be read. */
    public Optional<SourceText> of(String file) {
        return texts.computeIfAbsent(file, this::read);
    }

    /** The problem with its words, and the line that it quotes, as they may be shown by now. */
    public Problem withoutSecrets(Problem problem) {
        Problem masked = problem.reworded(secrets::mask);
        return masked.at()
                .filter(at -> !at.text().isEmpty())
                .flatMap(at -> of(at.file()).map(text -> text.line(at.line())))
                .map(masked::quoting)
                .orElse(masked);
    }

    private Optional<SourceText> read(String file) {
        try {
            return Optional.of(new SourceText(Files.readString(Path.of(file)), secrets));
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            // a place without column is still a place
            return Optional.empty();
        }
    }
}
