package io.graft.processor.check;

import io.graft.processor.model.SourceRef;

/** Something wrong in the source, at the smallest place that shows it. */
public record Mistake(MistakeCode code, String message, SourceRef at) {
    /** As the compiler prints it: {@code [graft:bad-id] ...}. */
    public String text() {
        return "[graft:" + code.id() + "] " + message;
    }
}
