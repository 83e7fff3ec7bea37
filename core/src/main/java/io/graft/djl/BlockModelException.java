package io.graft.djl;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;

/** A block that cannot be made, or not be run on given inputs. The message is one line. */
public final class BlockModelException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String key;
    private final String detail;
    private final String help;

    /**
     * @param key the option at fault, {@code block-factory}; empty if there is none
     * @param detail what is wrong
     * @param help what to do
     * @param cause what led here, or null
     */
    BlockModelException(ProblemCode code, String key, String detail, String help, Throwable cause) {
        super(detail + "; " + help, cause);
        this.code = code;
        this.key = key;
        this.detail = detail;
        this.help = help;
    }

    @Override
    public Problem problem() {
        return Problem.error(code, detail, help);
    }

    public ProblemCode code() {
        return code;
    }

    /** The option at fault: {@code block-factory}, {@code arguments}, {@code input-shapes}; empty if there is none. */
    public String key() {
        return key;
    }

    public String detail() {
        return detail;
    }

    public String help() {
        return help;
    }
}
