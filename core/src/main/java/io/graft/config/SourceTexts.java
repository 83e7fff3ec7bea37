package io.graft.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of the files that a configuration was read from; each is read when a problem first needs a column, once. */
final class SourceTexts {
    private final Map<String, Optional<SourceText>> texts = new ConcurrentHashMap<>();

    /** The text of a file; empty if it cannot be read. */
    Optional<SourceText> of(String file) {
        return texts.computeIfAbsent(file, SourceTexts::read);
    }

    private static Optional<SourceText> read(String file) {
        try {
            return Optional.of(new SourceText(Files.readString(Path.of(file))));
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            // a place without column is still a place
            return Optional.empty();
        }
    }
}
