package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Why a remote file cannot be had, and whether asking again may help. */
public final class TransferException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String help;
    private final boolean passing;
    private final transient Optional<Duration> retryAfter;

    private TransferException(
            Reason reason,
            String detail,
            String help,
            boolean passing,
            Optional<Duration> retryAfter,
            Throwable cause) {
        super(detail, cause);
        this.reason = reason;
        this.help = help;
        this.passing = passing;
        this.retryAfter = retryAfter;
    }

    /**
     * A failure that asking again does not change.
     *
     * @param detail what is wrong, without the location; one line
     * @param help what to do; may be empty
     */
    public static TransferException lasting(Reason reason, String detail, String help) {
        return new TransferException(reason, detail, help, false, Optional.empty(), null);
    }

    /** As the other method, with the exception that led here. */
    public static TransferException lasting(Reason reason, String detail, String help, Throwable cause) {
        return new TransferException(reason, detail, help, false, Optional.empty(), cause);
    }

    /**
     * A failure that may be over when it is tried again.
     *
     * @param detail what is wrong, without the location; one line
     * @param retryAfter how long the server wants to be left alone
     */
    public static TransferException passing(String detail, Optional<Duration> retryAfter) {
        return new TransferException(Reason.UNREACHABLE, detail, "", true, retryAfter, null);
    }

    /** As the other method, with the exception that led here. */
    public static TransferException passing(String detail, Throwable cause) {
        return new TransferException(Reason.UNREACHABLE, detail, "", true, Optional.empty(), cause);
    }

    public Reason reason() {
        return reason;
    }

    public String detail() {
        return getMessage();
    }

    public String help() {
        return help;
    }

    /** Whether asking again may help. */
    public boolean isPassing() {
        return passing;
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
