package io.graft.config;

import com.typesafe.config.ConfigObject;
import io.graft.config.hocon.IncludeStatements;
import io.graft.config.hocon.SourceTexts;
import io.graft.problem.SourceRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration file, read with its includes, with its substitutions resolved and with what comes from outside laid over
 * it. Immutable. Its text is read again when a problem needs a column.
 */
public final class ConfigFile {
    private final Path path;
    private final ConfigObject root;
    private final List<String> files;
    private final SourceTexts texts;

    /**
     * @param files every file that was read, the ones that are included after the one that was given
     */
    ConfigFile(Path path, ConfigObject root, List<String> files, SourceTexts texts) {
        this.path = path;
        this.root = root;
        this.files = List.copyOf(files);
        this.texts = texts;
    }

    /**
     * Reads a HOCON or, by its extension, a JSON file.
     *
     * @param file named in problems as it is given here
     * @return the file, with warnings; or every problem that keeps it from being read
     */
    public static Bound<ConfigFile> read(Path file, ConfigOverrides overrides) {
        return read(file, overrides, Set.of());
    }

    /**
     * As {@link #read(Path, ConfigOverrides)}.
     *
     * @param secretKeys keys whose values are never shown, not even if the file cannot be parsed; others are declared secret
     *     when they are bound
     */
    public static Bound<ConfigFile> read(Path file, ConfigOverrides overrides, Set<String> secretKeys) {
        return new ConfigReader(file, overrides, new SourceTexts(secretKeys)).read();
    }

    /** The file, as it was given. */
    public Path path() {
        return path;
    }

    /** Where a file is included; empty for the file itself. */
    public Optional<SourceRef> inclusionOf(String file) {
        return file.equals(path.toString()) ? Optional.empty() : IncludeStatements.including(file, files, texts);
    }

    /** The whole configuration. */
    public ConfigCursor root() {
        return ConfigCursor.of(root, texts);
    }
}
