package io.graft.cli;

import io.graft.config.Problem;
import io.graft.config.ProblemRenderer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Problems of a configuration and of what it asks for, for people, on the error stream. */
final class ProblemText {
    private final Console console;
    private final ProblemRenderer renderer;

    ProblemText(Console console, ColorChoice color) {
        this.console = console;
        this.renderer = console.coloured(color) ? ProblemRenderer.ansi() : ProblemRenderer.plain();
    }

    /** Prints each with its place in the file. */
    void print(List<Problem> problems) {
        console.err().print(renderer.render(problems));
    }

    /**
     * Prints the problems of a run that they end, below a line that counts them.
     *
     * @param configured how many modifiers the file lists; empty if it could not be read
     */
    void print(List<Problem> problems, Path config, OptionalInt configured) {
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
