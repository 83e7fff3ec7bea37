package io.graft.config.reading;

import com.typesafe.config.ConfigObject;
import io.graft.config.hocon.IncludeStatements;
import io.graft.config.hocon.KeyPath;
import io.graft.config.hocon.ReadableFiles;
import io.graft.config.hocon.SourceTexts;
import io.graft.config.hocon.UnreadSets;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A configuration file, read with its includes, with its substitutions resolved and with what comes from outside laid over
 * it. Immutable. Its text is read again when a problem needs a column.
 */
public final class ConfigFile {
    private final Path path;
    private final ConfigObject root;
    private final List<String> files;
    private final List<KeyPath> unreferenced;
    private final SourceTexts texts;

    /**
     * @param files every file that was read, the ones that are included after the one that was given
     * @param unreferenced what {@code --set} has set and no substitution reads
     */
    ConfigFile(Path path, ConfigObject root, List<String> files, List<KeyPath> unreferenced, SourceTexts texts) {
        this.path = path;
        this.root = root;
        this.files = List.copyOf(files);
        this.unreferenced = List.copyOf(unreferenced);
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
        return read(file, overrides, secretKeys, other -> Optional.empty());
    }

    /**
     * As {@link #read(Path, ConfigOverrides, Set)}.
     *
     * @param kinds what a file is that is no configuration, as in {@code a checkpoint (safetensors)}; empty if it is not known
     */
    public static Bound<ConfigFile> read(
            Path file, ConfigOverrides overrides, Set<String> secretKeys, Function<Path, Optional<String>> kinds) {
        return new ConfigReader(file, overrides, new SourceTexts(secretKeys), new ReadableFiles(kinds)).read();
    }

    /** The file, as it was given. */
    public Path path() {
        return path;
    }

    /** Where a file is included; empty for the file itself. */
    public Optional<SourceRef> inclusionOf(String file) {
        return file.equals(path.toString()) ? Optional.empty() : IncludeStatements.including(file, files, texts);
    }

    /**
     * An error for each key of {@code --set} that nobody reads: no substitution of the file, and not those who read the whole.
     *
     * @param read the paths that are read, the important first
     */
    public List<Problem> unreadSets(List<String> read) {
        UnreadSets unread = new UnreadSets(read.stream().map(KeyPath::parse).toList());
        return unreferenced.stream()
                .flatMap(path -> unread.check(path).stream())
                .toList();
    }

    /** The whole configuration. */
    public ConfigCursor root() {
        return ConfigCursor.of(root, texts);
    }
}
