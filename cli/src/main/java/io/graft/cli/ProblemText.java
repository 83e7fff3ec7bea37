package io.graft.cli;

import io.graft.apply.GraftException;
import io.graft.config.Problem;
import io.graft.config.ProblemRenderer;
import java.nio.file.Path;
import java.util.List;

/** Problems for people, on the error stream. */
final class ProblemText {
    private final Console console;
    private final ProblemRenderer renderer;

    ProblemText(Console console, ColorChoice color) {
        this.console = console;
        this.renderer = console.coloured(color) ? ProblemRenderer.ansi() : ProblemRenderer.plain();
    }

    void print(List<Problem> problems) {
        console.err().print(renderer.render(problems));
    }

    /**
     * Ends a run that did not take place.
     *
     * @param document what stdout gets; empty without {@code --json}
     * @return the exit code
     */
    int fail(GraftException failure, Path config, String document) {
        print(failure.problems());
        long errors = failure.problems().stream().filter(Problem::isError).count();
        console.err().println();
        console.err()
                .println(Printable.of(config.toString()) + ": " + errors + (errors == 1 ? " error" : " errors")
                        + ". Nothing was changed.");
        console.out().print(document);
        return ExitCode.of(failure.problems());
    }
}
