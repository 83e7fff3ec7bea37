package io.graft.config.hocon;

/** What a file writes for a value: its key, if it has one, and the value. */
public record WrittenEntry(Span key, Span value) {
    public static WrittenEntry of(Span element) {
        return new WrittenEntry(element, element);
    }
}
