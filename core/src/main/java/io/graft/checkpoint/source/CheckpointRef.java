package io.graft.checkpoint.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which checkpoint is meant: where it is, and under which conditions it may be taken from there.
 *
 * @param uri the location, exactly as somebody wrote it; a path is its {@code file:} URI
 * @param conditions what has to hold
 * @param settings what the source of this scheme wants to know beside the URI, by {@link SourceSetting#name}
 * @param section which of the file's sections is meant; empty for the model's own
 */
public record CheckpointRef(
        String uri, FetchConditions conditions, Map<String, String> settings, Optional<String> section) {
    static final String FILE = "file";

    // a scheme of one letter is a drive of Windows
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    /**
     * @throws IllegalArgumentException if the location has no scheme, or characters that no location has
     */
    public CheckpointRef {
        settings = Map.copyOf(settings);
        if (!isUri(uri)) {
            throw new IllegalArgumentException("`" + uri + "` has no scheme, such as https: or s3:");
        }
        if (uri.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("`" + ShownUri.of(uri) + "` has a control character in it");
        }
    }

    /** The model's own section of a checkpoint. */
    public CheckpointRef(String uri, FetchConditions conditions, Map<String, String> settings) {
        this(uri, conditions, settings, Optional.empty());
    }

    /** A file or folder; a relative path starts at the working directory. */
    public static CheckpointRef of(Path path) {
        return new CheckpointRef(path.toAbsolutePath().toUri().toString(), FetchConditions.NONE, Map.of());
    }

    /** A location without conditions. */
    public static CheckpointRef of(String uri) {
        return new CheckpointRef(uri, FetchConditions.NONE, Map.of());
    }

    /** Whether a text begins with a scheme; one that does not is a path. */
    public static boolean isUri(String text) {
        return SCHEME.matcher(text).matches();
    }

    /** The location tells nearly all apart; to hash the rest takes longer than to compare it now and then. */
    @Override
    public int hashCode() {
        return uri.hashCode();
    }

    /** The same location under other conditions. */
    public CheckpointRef under(FetchConditions others) {
        return new CheckpointRef(uri, others, settings, section);
    }

    /** Another section of the same file. */
    public CheckpointRef using(Optional<String> other) {
        return new CheckpointRef(uri, conditions, settings, other);
    }

    /** Whether it is a file or folder of this machine by its name alone. */
    public boolean isFile() {
        return scheme().equals(FILE);
    }

    /** What the URI begins with, in lower case. */
    public String scheme() {
        return schemeOf(uri);
    }

    /** What a URI begins with, in lower case; empty for what is none. */
    public static String schemeOf(String uri) {
        Matcher matcher = SCHEME.matcher(uri);
        return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    }

    /** The URI for people and reports: exact, but passwords and keys in it are replaced by asterisks. */
    public String shown() {
        return ShownUri.of(uri);
    }

    /** A URI for people and reports, see {@link #shown()}. */
    public static String shown(String uri) {
        return ShownUri.of(uri);
    }

    /** What {@link #shown} hides of a URI. */
    public static List<String> secretsIn(String uri) {
        return ShownUri.secrets(uri);
    }

    /** As {@link #shown}, since settings may be secret too. */
    @Override
    public String toString() {
        return shown();
    }
}
