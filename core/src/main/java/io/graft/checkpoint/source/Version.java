package io.graft.checkpoint.source;

/**
 * What a server gives to tell one content at a location from another.
 *
 * @param etag as the server wrote it, with quotes; empty if there is none
 * @param lastModified as the server wrote it; empty if there is none
 */
public record Version(String etag, String lastModified) {
    /** Nothing to tell contents by. */
    public static final Version UNKNOWN = new Version("", "");

    /** Whether the same version means the same bytes, so that parts of it may be put together. */
    public boolean isExact() {
        return !etag.isEmpty() && !etag.startsWith("W/");
    }

    /** Whether a server can be asked if this is still its version. */
    public boolean isKnown() {
        return !etag.isEmpty() || !lastModified.isEmpty();
    }
}
