package io.graft;

import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run that did not take place: nothing was changed, neither a live model nor a file. The message tells the first
 * error, with its place, and how many there are.
 */
public final class GraftException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final transient OptionalInt configured;
    private final transient Plan plan;

    /**
     * @param plan as far as it was made; null if there is none
     */
    public GraftException(List<Problem> problems, OptionalInt configured, Plan plan, Throwable cause) {
        super(messageOf(problems), cause);
        this.problems = List.copyOf(problems);
        this.configured = configured;
        this.plan = plan;
    }

    /** One that comes before any modifier is read. */
    public GraftException(List<Problem> problems, Throwable cause) {
        this(problems, OptionalInt.empty(), null, cause);
    }

    /** Every problem that was found, warnings included; at least one is an error. */
    public List<Problem> problems() {
        return problems;
    }

    /** How many modifiers the configuration lists; empty if it could not be read. */
    public OptionalInt configured() {
        return configured;
    }

    /** The plan, as far as it was made; empty if the configuration or the model could not be read. */
    public Optional<Plan> plan() {
        return Optional.ofNullable(plan);
    }

    private static String messageOf(List<Problem> problems) {
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        String first = headOf(errors.get(0)) + ": " + errors.get(0).message();
        return switch (errors.size()) {
            case 1 -> first;
            case 2 -> first + " (and 1 more error)";
            default -> first + " (and " + (errors.size() - 1) + " more errors)";
        };
    }

    private static String headOf(Problem problem) {
        String place = problem.at().map(GraftException::placeOf).orElse("");
        return Stream.of("error[" + problem.code().id() + "]", place, problem.path())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String placeOf(SourceRef at) {
        return Stream.of(at.file(), number(at.line()), number(at.column()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(":"));
    }

    private static String number(int lineOrColumn) {
        return lineOrColumn == 0 ? "" : Integer.toString(lineOrColumn);
    }
}
