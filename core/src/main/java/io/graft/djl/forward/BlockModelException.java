package io.graft.djl.forward;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.List;
import java.util.Optional;

/** A block that cannot be made, or not be run on given inputs. The message is one line. */
public final class BlockModelException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * @param key the option at fault, {@code block-factory}; empty if there is none
     * @param detail what is wrong
     * @param help what to do
     * @param cause what led here, or null
     */
    public BlockModelException(ProblemCode code, String key, String detail, String help, Throwable cause) {
        this(List.of(new Problem(code, Severity.ERROR, key, Optional.empty(), detail, List.of(), help)), cause);
    }

    /**
     * @param problems at least one; the path of each is the option at fault, {@code arguments.hidden-size}
     */
    public BlockModelException(List<Problem> problems, Throwable cause) {
        super(problems.get(0).message() + "; " + problems.get(0).help(), cause);
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong; the path of each is the option at fault, {@code arguments.hidden-size}. */
    public List<Problem> problems() {
        return problems;
    }

    /** The first of them, of no option. */
    @Override
    public Problem problem() {
        return Problem.error(code(), detail(), help());
    }

    public ProblemCode code() {
        return problems.get(0).code();
    }

    /** The option at fault: {@code block-factory}, {@code arguments}, {@code input-shapes}; empty if there is none. */
    public String key() {
        return problems.get(0).path();
    }

    public String detail() {
        return problems.get(0).message();
    }

    public String help() {
        return problems.get(0).help();
    }
}
