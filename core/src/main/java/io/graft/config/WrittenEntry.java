package io.graft.config;

/** What a file writes for a value: its key, if it has one, and the value. */
record WrittenEntry(Span key, Span value) {
    static WrittenEntry of(Span element) {
        return new WrittenEntry(element, element);
    }
}
