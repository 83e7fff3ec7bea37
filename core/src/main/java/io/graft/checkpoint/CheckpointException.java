package io.graft.checkpoint;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that cannot be used: not found, unreadable, of a foreign kind, malformed or refused. The message is one line
 * that names the file, what it seems to be and what to do.
 */
public final class CheckpointException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    /** Why; the names are stable and appear as problem codes in kebab-case ({@code checkpoint-not-found}). */
    public enum Reason {
        NOT_FOUND,
        UNREADABLE,
        UNSUPPORTED,
        UNRECOGNISED,
        MALFORMED,
        REFUSED,
        UNREACHABLE,
        DIGEST_MISMATCH
    }

    private final Reason reason;
    private final transient @Nullable Path path;
    private final String location;
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
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public CheckpointException(Reason reason, Path path, String detail, String help, @Nullable Throwable cause) {
        this(reason, path, path.toString(), detail, help, cause);
    }

    /**
     * A failure of a checkpoint that is no file of this machine.
     *
     * @param location its URI, without secrets
     */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public CheckpointException(Reason reason, String location, String detail, String help, @Nullable Throwable cause) {
        this(reason, null, location, detail, help, cause);
    }

    private CheckpointException(
            Reason reason,
            @Nullable Path path,
            String location,
            String detail,
            String help,
            @Nullable Throwable cause) {
        super(location + ": " + detail + (help.isEmpty() ? "" : "; " + help), cause);
        this.reason = reason;
        this.path = path;
        this.location = location;
        this.detail = detail;
        this.help = help;
    }

    /** The same failure, told of the location that the file was fetched from. */
    public CheckpointException at(String otherLocation) {
        return new CheckpointException(reason, null, otherLocation, detail, help, this);
    }

    @Override
    public Problem problem() {
        return Problem.error(ProblemCode.valueOf("CHECKPOINT_" + reason), location + ": " + detail, help);
    }

    public Reason reason() {
        return reason;
    }

    /** The file or folder; null if the checkpoint is elsewhere, see {@link #location}. */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public @Nullable Path path() {
        return path;
    }

    /** The file or folder or, of a checkpoint from elsewhere, its URI. */
    public String location() {
        return location;
    }

    public String detail() {
        return detail;
    }

    public String help() {
        return help;
    }
}
