package io.graft.cli;

import io.graft.apply.GraftException;
import io.graft.apply.ReportJson;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.djl.BlockModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one line for the person who ran it, a document for the program, and an exit code. */
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
        if (command.matchedOptionValue("--stacktrace", false)) {
            failure.printStackTrace(console.err());
        }
        List<Problem> problems = problems(failure);
        problems.forEach(problem -> console.err().println("graft: " + Printable.of(line(problem))));
        if (command.matchedOptionValue("--json", false)) {
            String name = line.getCommandSpec().qualifiedName().replaceFirst("^graft ", "");
            console.out().print(ReportJson.compact(name, Path.of("")).of(problems));
        }
        return ExitCode.of(problems);
    }

    private static List<Problem> problems(Exception failure) {
        if (failure instanceof GraftException run) {
            return run.problems();
        } else if (failure instanceof CommandException known) {
            return List.of(problem(known.code(), known.getMessage(), ""));
        } else if (failure instanceof CheckpointException checkpoint) {
            return List.of(problem(
                    ProblemCode.valueOf("CHECKPOINT_" + checkpoint.reason()),
                    checkpoint.path() + ": " + checkpoint.detail(),
                    checkpoint.help()));
        } else if (failure instanceof BlockModelException block) {
            return List.of(problem(block.code(), block.detail(), block.help()));
        } else if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            return List.of(problem(ProblemCode.APPLY_FAILED, "input or output failed: " + failure.getMessage(), ""));
        }
        return List.of(problem(
                ProblemCode.APPLY_FAILED,
                "internal error: " + failure,
                "please report it, with what --stacktrace prints"));
    }

    private static Problem problem(ProblemCode code, String message, String help) {
        return new Problem(code, Severity.ERROR, "", Optional.empty(), message, List.of(), help);
    }

    private static String line(Problem problem) {
        return problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }
}
