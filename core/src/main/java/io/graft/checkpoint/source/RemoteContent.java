package io.graft.checkpoint.source;

import java.io.InputStream;
import java.util.OptionalLong;

/** A remote file's answer. */
public sealed interface RemoteContent {
    /** The version at hand is still the one that the server has. */
    record Unchanged() implements RemoteContent {}

    /** There is nothing at the offset that was asked for. */
    record NothingMore() implements RemoteContent {}

    /**
     * The content.
     *
     * @param bytes from the offset to the end; closing it breaks the transfer off, from whatever thread
     * @param offset of the first byte, as the server says it
     * @param total bytes of the whole file, if the server says it
     * @param version of the whole file
     * @param contentType as the server says it; may be empty
     */
    record Body(InputStream bytes, long offset, OptionalLong total, Version version, String contentType)
            implements RemoteContent {}
}
