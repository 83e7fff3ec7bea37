package io.graft.cli.doctor;

import io.graft.cli.output.ExitCode;
import java.util.List;

/**
 * Something that the doctor looked at.
 *
 * @param subject what it is: {@code engine}
 * @param text what was found, in one line
 * @param cure what to do; empty if nothing needs to be done
 */
record Finding(State state, String subject, String text, String cure) {
    /** How it is. */
    enum State {
        OK,
        /** Worth knowing; everything works. */
        NOTE,
        /** Something does not work. */
        WRONG,
        /** Nothing that needs the engine works. */
        NO_ENGINE
    }

    static Finding ok(String subject, String text) {
        return new Finding(State.OK, subject, text, "");
    }

    static Finding note(String subject, String text, String cure) {
        return new Finding(State.NOTE, subject, text, cure);
    }

    static Finding wrong(String subject, String text, String cure) {
        return new Finding(State.WRONG, subject, text, cure);
    }

    static Finding noEngine(String text, String cure) {
        return new Finding(State.NO_ENGINE, "engine", text, cure);
    }

    /** The exit code of a command that found these. */
    static int exitCode(List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.state() == State.NO_ENGINE)) {
            return ExitCode.ENGINE;
        }
        return findings.stream().anyMatch(finding -> finding.state() == State.WRONG) ? ExitCode.FAILED : ExitCode.DONE;
    }
}
