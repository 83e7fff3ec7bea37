package io.graft.checkpoint.source;

/**
 * Something that a source may be told beside the URI.
 *
 * @param name in kebab-case
 * @param kind what its values are
 * @param purpose what it is for, told with a value that is wrong; a phrase
 */
public record SourceSetting(String name, Kind kind, String purpose) {
    /** What the values of a setting are. */
    public enum Kind {
        TEXT,
        FLAG,
        /** Handed over as an absolute path. */
        PATH
    }
}
