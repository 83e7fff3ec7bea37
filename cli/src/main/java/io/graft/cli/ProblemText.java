package io.graft.cli;

import io.graft.config.Problem;
import io.graft.config.ProblemRenderer;
import java.nio.file.Path;
import java.util.List;

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
     * Prints them with a closing line that counts them.
     *
     * @param consequence a sentence about what did not happen; may be empty
     */
    void print(List<Problem> problems, Path config, String consequence) {
        print(problems);
        long errors = problems.stream().filter(Problem::isError).count();
        long warnings = problems.size() - errors;
        String counts = Counts.of(errors, "error") + (warnings == 0 ? "" : ", " + Counts.of(warnings, "warning"));
        console.err().println();
        console.err().println((Printable.of(config.toString()) + ": " + counts + ". " + consequence).strip());
    }
}
