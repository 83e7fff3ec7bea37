package io.graft.cli.output;

import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Problems of a configuration and of what it asks for, for people, on the error stream. */
public final class ProblemText {
    private final Console console;
    private final ProblemRenderer renderer;

    public ProblemText(Console console, ColorChoice color) {
        this.console = console;
        this.renderer = console.coloured(color) ? ProblemRenderer.ansi() : ProblemRenderer.plain();
    }

    /** Prints each with its place in the file. */
    public void print(List<Problem> problems) {
        console.err().print(renderer.render(problems));
    }

    /**
     * Prints the problems of a run that they end, below a line that counts them.
     *
     * @param configured how many modifiers the file lists; empty if it could not be read
     */
    public void print(List<Problem> problems, Path config, OptionalInt configured) {
        long errors = problems.stream().filter(Problem::isError).count();
        long warnings = problems.size() - errors;
        String file = Printable.of(config.toString());
        console.err()
                .println((configured.isPresent()
                                ? Counts.of(configured.getAsInt(), "modifier") + " configured in " + file
                                : file)
                        + ": " + Counts.of(errors, "error")
                        + (warnings == 0 ? "" : ", " + Counts.of(warnings, "warning"))
                        + ". Nothing was applied to the model.");
        console.err().println();
        print(problems);
    }
}
