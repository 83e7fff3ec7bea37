package io.graft.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a file is that stands where a command or an option should. */
final class GivenFile {
    private static final Pattern CONFIGURATION = Pattern.compile(".+\\.(conf|hocon|json)");

    private GivenFile() {}

    /** Whether a word is the name of a configuration. */
    static boolean isConfiguration(String word) {
        return !word.startsWith("-") && CONFIGURATION.matcher(word).matches();
    }

    /** The command that a person may have meant who gave a file in its place; empty if the word is none. */
    static Optional<String> commandFor(String word) {
        if (isConfiguration(word)) {
            return Optional.of("graft plan -c " + word);
        }
        try {
            return Files.exists(Path.of(word)) ? Optional.of("graft inspect " + word) : Optional.empty();
        } catch (InvalidPathException noFile) {
            return Optional.empty();
        }
    }
}
