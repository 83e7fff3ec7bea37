package io.graft.cli;

import io.graft.GraftException;
import io.graft.cli.output.ColorChoice;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProblemText;
import io.graft.extension.Thrown;
import io.graft.problem.Explained;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.report.ReportJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns what a command throws into text for the person who ran it, a document for the program, and an exit code. What is wrong
 * with a configuration is shown in the file; everything else is one line.
 */
final class Failures implements IExecutionExceptionHandler {
    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult arguments) {
        ParseResult command = arguments;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        trace(failure, command.matchedOptionValue("--stacktrace", false));
        ReportJson document =
                ReportJson.compact(line.getCommandSpec().qualifiedName().replaceFirst("^graft ", ""), Path.of(""));
        boolean json = command.matchedOptionValue("--json", false);
        if (failure instanceof GraftException run) {
            new ProblemText(console, command.matchedOptionValue("--color", ColorChoice.auto))
                    .print(run.problems(), command.matchedOptionValue("--config", Path.of("")), run.configured());
            console.out().print(json ? document.of(run) : "");
            return ExitCode.of(run.problems());
        }
        Problem problem = problem(failure);
        console.out().print(json ? document.of(List.of(problem)) : "");
        return tell(problem);
    }

    /** Tells of a failure that comes before there is a command. */
    int tell(Exception failure, boolean stacktrace) {
        trace(failure, stacktrace);
        return tell(problem(failure));
    }

    private int tell(Problem problem) {
        console.err().println("graft: " + Printable.of(sentence(problem)));
        return ExitCode.of(problem.code());
    }

    private void trace(Exception failure, boolean asked) {
        if (asked) {
            failure.printStackTrace(console.err());
        }
    }

    private static Problem problem(Exception failure) {
        if (failure instanceof Explained explained) {
            return explained.problem();
        } else if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            return Problem.error(ProblemCode.APPLY_FAILED, "input or output failed: " + failure.getMessage(), "");
        }
        // An Error comes wrapped.
        Throwable root =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        if (root instanceof OutOfMemoryError memory) {
            return Problem.error(
                    ProblemCode.APPLY_FAILED,
                    "out of memory: " + memory.getMessage(),
                    "give the JVM more, such as GRAFT_JAVA_OPTS=-Xmx8g");
        }
        Optional<String> extension = Thrown.extension(root);
        if (extension.isPresent()) {
            return Problem.error(
                    ProblemCode.APPLY_FAILED,
                    "the extension " + extension.get() + " failed: " + Thrown.sentence(root),
                    "report it to whoever wrote the extension, with what --stacktrace prints");
        }
        return Problem.error(
                ProblemCode.APPLY_FAILED, "internal error: " + root, "please report it, with what --stacktrace prints");
    }

    private static String sentence(Problem problem) {
        String between = problem.message().endsWith("?") ? " " : "; ";
        return problem.message() + (problem.help().isEmpty() ? "" : between + problem.help());
    }
}
