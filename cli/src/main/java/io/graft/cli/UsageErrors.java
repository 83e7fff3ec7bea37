package io.graft.cli;

import io.graft.cli.output.ExitCode;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a wrong command line in two lines: what is wrong with it, and where the right one is explained. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println("graft: " + Printable.of(failure.getMessage()));
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("See `" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
        return ExitCode.USAGE;
    }
}
