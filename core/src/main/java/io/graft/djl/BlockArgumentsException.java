package io.graft.djl;

import io.graft.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Arguments that a block factory refuses. A factory that throws it has each problem told at the argument at fault, in the file that
 * gives it.
 */
public final class BlockArgumentsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * @param problems at least one; the path of each is that of the argument at fault, {@code hidden-size}, and empty where it is about
     *     all of them
     */
    public BlockArgumentsException(List<Problem> problems) {
        super(problems.stream().map(BlockArgumentsException::line).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong. */
    public List<Problem> problems() {
        return problems;
    }

    private static String line(Problem problem) {
        return problem.help().isEmpty() ? problem.message() : problem.message() + "; " + problem.help();
    }
}
