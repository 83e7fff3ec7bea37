package io.graft.checkpoint.source;

import java.io.IOException;
import java.util.List;

/**
 * Reaches checkpoints by the scheme of their URI; found with {@link java.util.ServiceLoader}.
 *
 * <p>Making one and {@linkplain #check checking} a location must touch no network and load no client library: this is done for
 * every file that names a URI.
 */
public interface CheckpointSource {
    /** The schemes that belong to it, in lower case: {@code http}, {@code https}. */
    List<String> schemes();

    /** What may be set beside the URI. */
    default List<SourceSetting> settings() {
        return List.of();
    }

    /** Whether it fetches from another machine, so that the conditions of a download mean something. */
    default boolean isRemote() {
        return true;
    }

    /** What else tells which server is meant, such as a variable of the environment; the cache keeps them apart. */
    default String server(CheckpointRef ref) {
        return "";
    }

    /**
     * Looks at the form of a location.
     *
     * @throws IllegalArgumentException if this source cannot take it; the message is one line, quotes the location as
     *     {@link CheckpointRef#shown} and says what is allowed
     */
    void check(CheckpointRef ref);

    /**
     * Finds what a location means. A remote file need not be asked for before it is opened.
     *
     * @throws TransferException if it is not there, cannot be reached or may not be read
     */
    LocatedCheckpoint locate(CheckpointRef ref) throws IOException;
}
