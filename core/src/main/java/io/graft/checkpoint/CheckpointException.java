package io.graft.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that cannot be used: not found, unreadable, of a foreign kind, malformed or refused. The message is one line
 * that names the file, what it seems to be and what to do.
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why; the names are stable and appear as problem codes in kebab-case ({@code checkpoint-not-found}). */
    public enum Reason {
        NOT_FOUND,
        UNREADABLE,
        UNSUPPORTED,
        UNRECOGNISED,
        MALFORMED,
        REFUSED
    }

    private final Reason reason;
    private final transient Path path;
    private final String detail;
    private final String help;

    /**
     * @param path the file or folder
     * @param detail what is wrong, without the path; one line
     * @param help what to do; one line, may be empty
     */
    public CheckpointException(Reason reason, Path path, String detail, String help) {
        this(reason, path, detail, help, null);
    }

    /** As the other constructor, with the exception that led here. */
    public CheckpointException(Reason reason, Path path, String detail, String help, Throwable cause) {
        super(path + ": " + detail + (help.isEmpty() ? "" : "; " + help), cause);
        this.reason = reason;
        this.path = path;
        this.detail = detail;
        this.help = help;
    }

    public Reason reason() {
        return reason;
    }

    public Path path() {
        return path;
    }

    public String detail() {
        return detail;
    }

    public String help() {
        return help;
    }
}
